import type { ReactNode } from "react";
import { Logo } from "@/components/Logo";

interface BarePageProps {
  title: string;
  /** What the page is for, in a sentence. */
  text: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
}

/** A page without navigation, for one question: signing in, accepting an invite, saying who one is. */
export function BarePage({ title, text, children, footer }: BarePageProps) {
  return (
    <main className="grid min-h-full place-items-center px-4 py-10">
      <div className="w-full max-w-md">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={40} />
          <div>
            <h1 className="text-xl font-semibold">{title}</h1>
            <p className="text-ink-2">{text}</p>
          </div>
        </div>
        <div className="rounded-xl border border-line bg-surface p-6 shadow-card">{children}</div>
        {footer && <div className="mt-5 text-center text-xs text-ink-3">{footer}</div>}
      </div>
    </main>
  );
}
