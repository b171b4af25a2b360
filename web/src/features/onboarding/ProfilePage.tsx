import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { sessionQuery } from "@/api/queries/session";
import type { User } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { TextField } from "@/components/ui/TextField";
import { safeRedirect } from "@/features/session/signIn";
import { useSaveProfile } from "@/features/settings/useSaveProfile";
import { ZoneField } from "@/features/settings/ZoneField";
import { BarePage } from "@/features/shell/BarePage";
import { useTitle } from "@/lib/title";
import { localZone } from "@/lib/zone";
import { knownName, putOffProfile } from "./gate";

const route = getRouteApi("/onboarding");

/** Asks a new user for name and time zone, once. */
export function ProfilePage() {
  useTitle("Your profile");
  const user = useQuery(sessionQuery).data?.user;
  return (
    <BarePage
      title="Welcome"
      text="Two things, so that people and agents know how to address you and when you are awake."
    >
      {user && <ProfileQuestions user={user} />}
    </BarePage>
  );
}

function ProfileQuestions({ user }: { user: User }) {
  const { redirect } = route.useSearch();
  const navigate = route.useNavigate();
  const [name, setName] = useState(knownName(user));
  const [zone, setZone] = useState(user.timezone || localZone());
  const save = useSaveProfile();
  const goOn = () => void navigate({ href: safeRedirect(redirect, location.origin), replace: true });
  const called = name.trim();
  return (
    <DialogForm
      problems={called ? {} : { name: "Enter a name." }}
      save={save}
      submit="Continue"
      cancel="Not now"
      reason={zone ? null : "Choose a time zone first."}
      onCancel={() => {
        putOffProfile(user);
        goOn();
      }}
      onSave={() => {
        // A full name that is known stays.
        const full = user.name?.trim() && knownName({ ...user, preferred_name: null }) ? {} : { name: called };
        save.mutate({ ...full, preferred_name: called, timezone: zone }, { onSuccess: goOn });
      }}
    >
      {(shown: { name?: string }, refused) => (
        <>
          <TextField
            label="What should we call you?"
            required
            error={shown.name || refused?.field("preferred_name") || refused?.field("name")}
            autoComplete="nickname"
            maxLength={255}
            value={name}
            onChange={setName}
          />
          <ZoneField
            required
            value={zone}
            hint="Times are shown in it. You can change it under Settings."
            error={refused?.field("timezone")}
            onChange={setZone}
          />
        </>
      )}
    </DialogForm>
  );
}
