import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, client } from "@/api/client";
import { ApiError } from "@/api/errors";
import { keys } from "@/api/keys";
import { sessionQuery } from "@/api/queries/session";
import type { SignedIn, User, UserUpdate } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Field } from "@/components/ui/Field";
import { notifySuccess } from "@/lib/notify";
import { type ProfileFields, profileChanges, toProfile } from "./profile";

/** What agents and colleagues know about the signed-in user. */
export function ProfileForm() {
  const user = useQuery(sessionQuery).data?.user;
  return (
    <section aria-labelledby="profile">
      <h2 id="profile" className="text-base font-semibold">
        Profile
      </h2>
      <p className="mb-4 text-ink-2">Agents read this to know how to address you and when you are awake.</p>
      {user && <Form key={user.id} user={user} />}
    </section>
  );
}

const INPUTS: { field: keyof ProfileFields; label: string; hint?: string; long?: boolean }[] = [
  { field: "name", label: "Name" },
  { field: "preferred_name", label: "Preferred name", hint: "What you are called in chats and comments." },
  { field: "pronouns", label: "Pronouns" },
  { field: "timezone", label: "Time zone" },
  { field: "notes", label: "Notes", hint: "How you like to work.", long: true },
  { field: "context", label: "Context", hint: "What agents should know about you and your work.", long: true },
];

function Form({ user }: { user: User }) {
  const cache = useQueryClient();
  const [form, setForm] = useState(() => toProfile(user));
  const changes = profileChanges(form, user);
  const dirty = Object.keys(changes).length > 0;
  const save = useMutation({
    mutationFn: (body: UserUpdate) => call<User>(client.PATCH("/api/v1/users/me", { body })),
    onSuccess(saved) {
      cache.setQueryData<SignedIn>(keys.session, (signedIn) => (signedIn ? { ...signedIn, user: saved } : signedIn));
      setForm(toProfile(saved));
      notifySuccess("Profile saved");
    },
  });
  const refused = save.error instanceof ApiError ? save.error : null;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (dirty && !save.isPending) save.mutate(changes);
      }}
    >
      <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
        {INPUTS.map(({ field, label, hint, long }) => (
          <Field
            key={field}
            label={label}
            hint={hint}
            error={refused?.field(field)}
            className={long ? "md:col-span-2" : ""}
          >
            {(props) =>
              long ? (
                <textarea
                  {...props}
                  className="field min-h-16"
                  value={form[field]}
                  onChange={(event) => setForm({ ...form, [field]: event.target.value })}
                />
              ) : (
                <input
                  {...props}
                  className="field"
                  list={field === "timezone" ? "time-zones" : undefined}
                  value={form[field]}
                  onChange={(event) => setForm({ ...form, [field]: event.target.value })}
                />
              )
            }
          </Field>
        ))}
      </div>
      <datalist id="time-zones">
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {user.email && (
        <p className="text-xs text-ink-3">Signed in as {user.email}. The address cannot be changed here.</p>
      )}
      <FormError error={save.error} />
      <div className="flex justify-end gap-2">
        <Button disabled={!dirty} onClick={() => setForm(toProfile(user))}>
          Reset
        </Button>
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          reason={dirty ? null : "Nothing has been changed."}
        >
          Save profile
        </Button>
      </div>
    </form>
  );
}
