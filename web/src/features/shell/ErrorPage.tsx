import { Link, useRouter } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { ApiError } from "@/api/errors";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Logo } from "@/components/Logo";
import { useTitle } from "@/lib/title";
import { PageHeader, PageTitle } from "./PageHeader";

/** The page for an address that leads nowhere. */
export function NotFoundPage() {
  useTitle("Not found");
  return (
    <>
      <PageHeader>
        <PageTitle>Not found</PageTitle>
      </PageHeader>
      <EmptyState icon={<Compass size={20} />} title="There is no page at this address" action={<BackToBoards />}>
        It may have been removed, or the link is incomplete.
      </EmptyState>
    </>
  );
}

/** The page for something that failed while a page was built. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  useTitle("Error");
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <>
      <PageHeader>
        <PageTitle>{missing ? "Not found" : "Something went wrong"}</PageTitle>
      </PageHeader>
      <ErrorState
        error={error}
        title={missing ? "This is not here any more" : "This page could not be shown"}
        onRetry={reset}
      />
      <div className="text-center">
        <BackToBoards />
      </div>
    </>
  );
}

/** The page for something that failed before there was a shell, such as a server that cannot be reached. */
export function BareErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  useTitle("Error");
  return (
    <main className="grid min-h-full place-items-center">
      <div>
        <div className="flex justify-center">
          <Logo size={40} />
        </div>
        <h1 className="sr-only">Mission Control</h1>
        <ErrorState
          error={error}
          title="Mission Control could not be opened"
          onRetry={() => {
            reset();
            void router.invalidate();
          }}
        />
      </div>
    </main>
  );
}

function BackToBoards() {
  return (
    <Link to="/boards" className="text-accent-text underline underline-offset-2">
      Go to your boards
    </Link>
  );
}
