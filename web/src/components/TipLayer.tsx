import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Kbd } from "./ui/Button";

interface Shown {
  anchor: HTMLElement;
  text: string;
  keys: string | undefined;
}

// A pointer that only passes by asks for nothing; one that goes from button to button has asked already.
const WAIT_MS = 400;
const FOLLOW_MS = 300;
const GAP = 6;
const EDGE = 8;

/**
 * Shows the texts that `Tip` puts on elements: one layer for the whole page, so that a thousand buttons cost nothing
 * before one of them is pointed at. It follows pointer and keyboard focus, and Escape takes it away.
 */
export function TipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => followTips(setShown), []);
  useLayoutEffect(() => {
    if (!shown || !layer.current) return;
    const anchor = shown.anchor.getBoundingClientRect();
    const { width, height } = layer.current.getBoundingClientRect();
    const left = Math.min(Math.max(EDGE, anchor.left + anchor.width / 2 - width / 2), innerWidth - width - EDGE);
    const above = anchor.top - height - GAP;
    layer.current.style.left = `${Math.max(EDGE, left)}px`;
    layer.current.style.top = `${above >= EDGE ? above : anchor.bottom + GAP}px`;
    // The name of a button is read out anyway.
    if (shown.anchor.getAttribute("aria-label") === shown.text || shown.anchor.hasAttribute("aria-describedby")) return;
    shown.anchor.setAttribute("aria-describedby", "tip");
    return () => shown.anchor.removeAttribute("aria-describedby");
  }, [shown]);
  if (!shown) return null;
  return createPortal(
    <div
      ref={layer}
      id="tip"
      role="tooltip"
      className="popup pointer-events-none fixed z-60 max-w-72 px-2 py-1 text-xs"
    >
      {shown.text}
      {shown.keys && <Kbd className="ml-2">{shown.keys}</Kbd>}
    </div>,
    document.body,
  );
}

/** Calls `show` with what is pointed at or focused; returns how to stop. */
function followTips(show: (shown: Shown | null) => void): () => void {
  let current: HTMLElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiddenAt = Number.NEGATIVE_INFINITY;

  function hide(event: Event): void {
    clearTimeout(timer);
    if (!current) return;
    current = null;
    hiddenAt = event.timeStamp;
    show(null);
  }
  function present(anchor: HTMLElement): void {
    const text = anchor.dataset.tip;
    if (!text || !anchor.isConnected) return;
    current = anchor;
    show({ anchor, text, keys: anchor.dataset.tipKeys });
  }
  function anchorOf(target: EventTarget | null): HTMLElement | null {
    return target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
  }
  function onPointerOver(event: PointerEvent): void {
    const anchor = anchorOf(event.target);
    if (anchor === current) return;
    const follows = current !== null || event.timeStamp - hiddenAt < FOLLOW_MS;
    hide(event);
    if (anchor && event.pointerType !== "touch") timer = setTimeout(() => present(anchor), follows ? 0 : WAIT_MS);
  }
  function onFocusIn(event: FocusEvent): void {
    const anchor = anchorOf(event.target);
    if (anchor === event.target && anchor?.matches(":focus-visible")) present(anchor);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") hide(event);
  }
  const listeners = [
    ["pointerover", onPointerOver],
    ["pointerdown", hide],
    ["focusin", onFocusIn],
    ["focusout", hide],
    ["keydown", onKeyDown],
    ["scroll", hide],
  ] as [string, EventListener][];
  for (const [name, listener] of listeners) document.addEventListener(name, listener, true);
  return () => {
    clearTimeout(timer);
    for (const [name, listener] of listeners) document.removeEventListener(name, listener, true);
  };
}
