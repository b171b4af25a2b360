import { useQuery } from "@tanstack/react-query";
import { serverLink } from "@/api/origin";
import { configQuery } from "@/api/queries/session";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useTitle } from "@/lib/title";
import { DeleteAccount } from "./DeleteAccount";
import { Notifications } from "./Notifications";
import { ProfileForm } from "./ProfileForm";
import { SessionList } from "./SessionList";
import { ThemeChoice } from "./ThemeChoice";
import { ZoneChoice } from "./ZoneChoice";

/** The signed-in user's profile, appearance, sessions and account. */
export function SettingsPage() {
  useTitle("Settings");
  return (
    <>
      <PageHeader>
        <PageTitle>Settings</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-2xl space-y-10 px-4 py-6">
          <ProfileForm />
          <ThemeChoice />
          <ZoneChoice />
          <Notifications />
          <SessionList />
          <DeleteAccount />
          <About />
        </div>
      </div>
    </>
  );
}

/** Which server this is. */
function About() {
  const config = useQuery(configQuery).data;
  if (!config) return null;
  return (
    <section aria-labelledby="about">
      <h2 id="about" className="text-base font-semibold">
        About
      </h2>
      <p className="text-ink-2">
        Mission Control {config.version} at <span className="break-all">{config.base_url}</span>.{" "}
        <a href={serverLink("/docs")} className="text-accent-text underline underline-offset-2">
          API reference
        </a>
      </p>
    </section>
  );
}
