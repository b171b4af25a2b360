import { Suspense } from "react";
import { late } from "@/lib/late";

// The parser is larger than everything else on a page; it is loaded with the first text that needs it.
const Renderer = late(() => import("./MarkdownRenderer"));

/** The text as it came, until the parser is there. */
function Plain({ text }: { text: string }) {
  return (
    <div aria-busy="true" className="prose whitespace-pre-wrap">
      {text}
    </div>
  );
}

/** Text by people and agents, with GitHub's Markdown. HTML in it is shown as text, images are shown as links. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<Plain text={text} />}>
      <Renderer text={text} />
    </Suspense>
  );
}
