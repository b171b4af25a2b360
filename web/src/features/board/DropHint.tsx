/** Why a card cannot be dropped where it is held, or what is to be known about it. */
export function DropHint({ text }: { text: string }) {
  return (
    <p className="pointer-events-none absolute inset-x-3 bottom-3 z-20 rounded-md bg-raised p-2 text-xs font-medium text-ink shadow-pop">
      {text}
    </p>
  );
}
