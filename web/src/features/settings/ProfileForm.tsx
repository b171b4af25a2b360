import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { sessionQuery } from "@/api/queries/session";
import type { User } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Field } from "@/components/ui/Field";
import { notifySuccess } from "@/lib/notify";
import { type ProfileFields, profileChanges, toProfile } from "./profile";
import { useSaveProfile } from "./useSaveProfile";
import { ZoneField } from "./ZoneField";

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

const TEXTS = [
  { field: "name", label: "Name", hint: "Your full name." },
  { field: "preferred_name", label: "Preferred name", hint: "What you are called in chats and comments." },
  { field: "pronouns", label: "Pronouns", hint: "Such as she/her." },
] as const;
const LONG_TEXTS = [
  { field: "notes", label: "Notes", hint: "How you like to work." },
  { field: "context", label: "Context", hint: "What agents should know about you and your work." },
] as const;

function Form({ user }: { user: User }) {
  const [form, setForm] = useState(() => toProfile(user));
  const changes = profileChanges(form, user);
  const dirty = Object.keys(changes).length > 0;
  const save = useSaveProfile();
  const refused = save.error instanceof ApiError ? save.error : null;
  const set = (field: keyof ProfileFields, value: string) => setForm({ ...form, [field]: value });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!dirty || save.isPending) return;
        save.mutate(changes, {
          onSuccess(saved) {
            setForm(toProfile(saved));
            notifySuccess("Profile saved");
          },
        });
      }}
    >
      <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
        {TEXTS.map(({ field, label, hint }) => (
          <Field key={field} label={label} hint={hint} error={refused?.field(field)}>
            {(props) => (
              <input
                {...props}
                className="field"
                maxLength={255}
                value={form[field]}
                onChange={(event) => set(field, event.target.value)}
              />
            )}
          </Field>
        ))}
        <ZoneField
          value={form.timezone}
          hint="Times are shown in it, and agents know when you are awake."
          error={refused?.field("timezone")}
          onChange={(zone) => set("timezone", zone)}
        />
        {LONG_TEXTS.map(({ field, label, hint }) => (
          <Field key={field} label={label} hint={hint} error={refused?.field(field)} className="md:col-span-2">
            {(props) => (
              <textarea
                {...props}
                className="field min-h-20"
                value={form[field]}
                onChange={(event) => set(field, event.target.value)}
              />
            )}
          </Field>
        ))}
      </div>
      {user.email && (
        <p className="text-xs text-ink-3">Signed in as {user.email}. The address cannot be changed here.</p>
      )}
      <FormError error={save.error} />
      <div className="flex justify-end gap-2">
        <Button reason={dirty ? null : "Nothing has been changed."} onClick={() => setForm(toProfile(user))}>
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
