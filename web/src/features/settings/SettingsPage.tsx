import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useTitle } from "@/lib/title";
import { ProfileForm } from "./ProfileForm";
import { SessionList } from "./SessionList";
import { ThemeChoice } from "./ThemeChoice";

/** The signed-in user's profile, appearance and sessions. */
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
          <SessionList />
        </div>
      </div>
    </>
  );
}
