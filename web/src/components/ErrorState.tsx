import { CircleAlert, RotateCw } from "lucide-react";
import { ApiError, messageOf } from "@/api/errors";
import { Button } from "./ui/Button";

interface ErrorStateProps {
  error: unknown;
  /** What could not be done, such as "The boards could not be loaded". */
  title: string;
  onRetry?: () => void;
}

/** Stands where content should be: what failed, why, and what can be done now. */
export function ErrorState({ error, title, onRetry }: ErrorStateProps) {
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-3 px-6 py-14 text-center">
      <CircleAlert size={28} className="text-danger" aria-hidden="true" />
      <h2 className="text-base font-semibold">{title}</h2>
      <p className="text-ink-2">{messageOf(error)}</p>
      {onRetry && (
        <Button icon={<RotateCw size={14} />} onClick={onRetry}>
          Try again
        </Button>
      )}
      <RequestId error={error} />
    </div>
  );
}

/** Why a form was refused, above its buttons. */
export function FormError({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <div role="alert" className="mt-4 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
      <p>{messageOf(error)}</p>
      <RequestId error={error} />
    </div>
  );
}

/** The id to look for in the server's log. */
function RequestId({ error }: { error: unknown }) {
  if (!(error instanceof ApiError) || !error.requestId) return null;
  return (
    <p className="mt-1 text-xs text-ink-2">
      Request <code className="font-mono select-all">{error.requestId}</code>
    </p>
  );
}
