/** What a finger finds below it while it carries something. */
interface Target {
  enter: () => void;
  leave: () => void;
}

interface Options<T extends Target> {
  /** The finger has held the element long enough: it is in the air. */
  lift: () => void;
  /** What an element below the finger belongs to; null where nothing can be dropped. */
  targetAt: (below: Element | null) => T | null;
  drop: (target: T) => void;
  /** It is down again, wherever that was. */
  end: () => void;
}

/** So long a finger has to rest; less than what opens the browser's own menu, more than a tap. */
const HOLD_MS = 350;
/** A finger that goes further while it rests wants to scroll. */
const SLOP_PX = 10;
/** So near to the edge of what scrolls sideways it goes on, and by so much in each frame. */
const EDGE_PX = 48;
const EDGE_STEP_PX = 12;

/** What is carried is at most so wide, and hangs so far below the finger. */
const CARRIED_WIDTH_PX = 240;
const CARRIED_BELOW_PX = 16;

/** Lets a finger that holds an element carry it; short touches and scrolling stay what they are. */
export function liftByTouch<T extends Target>(element: HTMLElement, on: Options<T>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  let carried: Carried<T> | null = null;

  function onStart(event: TouchEvent) {
    release();
    const [touch, second] = event.touches;
    // A button of the card is pressed, not the card held.
    if (!touch || second || (event.target as Element).closest("button, input")) return;
    start = { x: touch.clientX, y: touch.clientY };
    timer = setTimeout(() => {
      timer = undefined;
      carried = carry(element, start, on);
      navigator.vibrate?.(10);
      on.lift();
    }, HOLD_MS);
  }

  function onMove(event: TouchEvent) {
    const touch = event.touches[0];
    if (!touch) return;
    if (carried) {
      // The page stays where it is while a card is carried over it.
      event.preventDefault();
      carried.moveTo(touch.clientX, touch.clientY);
    } else if (timer && Math.hypot(touch.clientX - start.x, touch.clientY - start.y) > SLOP_PX) {
      release();
    }
  }

  function onEnd(event: TouchEvent) {
    const target = carried?.target();
    if (carried) event.preventDefault();
    release();
    if (target) on.drop(target);
  }

  function onMenu(event: Event) {
    if (timer || carried) event.preventDefault();
  }

  function release() {
    clearTimeout(timer);
    timer = undefined;
    if (!carried) return;
    carried.letGo();
    carried = null;
    on.end();
  }

  element.addEventListener("touchstart", onStart, { passive: true });
  element.addEventListener("touchmove", onMove, { passive: false });
  element.addEventListener("touchend", onEnd);
  element.addEventListener("touchcancel", release);
  element.addEventListener("contextmenu", onMenu);
  return {
    isHeld: () => timer !== undefined || carried !== null,
    stop() {
      release();
      element.removeEventListener("touchstart", onStart);
      element.removeEventListener("touchmove", onMove);
      element.removeEventListener("touchend", onEnd);
      element.removeEventListener("touchcancel", release);
      element.removeEventListener("contextmenu", onMenu);
    },
  };
}

interface Carried<T> {
  moveTo: (x: number, y: number) => void;
  /** What is below the finger now. */
  target: () => T | null;
  letGo: () => void;
}

/** Shows a copy of the element under the finger, and tells what it is above. */
function carry<T extends Target>(element: HTMLElement, from: { x: number; y: number }, on: Options<T>): Carried<T> {
  const box = element.getBoundingClientRect();
  const copy = element.cloneNode(true) as HTMLElement;
  copy.classList.add("carried");
  copy.removeAttribute("data-task");
  copy.setAttribute("aria-hidden", "true");
  copy.inert = true;
  // Below the finger, so that what is above it stays in sight.
  const width = Math.min(box.width, CARRIED_WIDTH_PX);
  copy.style.width = `${width}px`;
  copy.style.left = `${from.x - width / 2}px`;
  copy.style.top = `${from.y + CARRIED_BELOW_PX}px`;
  document.body.append(copy);
  let at = from;
  let over: T | null = null;
  let frame = 0;

  function look() {
    const below = document.elementFromPoint(at.x, at.y);
    const next = on.targetAt(below);
    if (next !== over) {
      over?.leave();
      next?.enter();
      over = next;
    }
    cancelAnimationFrame(frame);
    if (scrollNearEdge(below, at.x)) frame = requestAnimationFrame(look);
  }

  return {
    moveTo(x, y) {
      at = { x, y };
      copy.style.translate = `${x - from.x}px ${y - from.y}px`;
      look();
    },
    target: () => over,
    letGo() {
      cancelAnimationFrame(frame);
      over?.leave();
      copy.remove();
    },
  };
}

/** Scrolls what lies below a finger at its edge sideways; false when there is nothing to scroll. */
function scrollNearEdge(below: Element | null, x: number): boolean {
  for (let element = below; element; element = element.parentElement) {
    if (element.scrollWidth <= element.clientWidth || getComputedStyle(element).overflowX !== "auto") continue;
    const { left, right } = element.getBoundingClientRect();
    const step = x < left + EDGE_PX ? -EDGE_STEP_PX : x > right - EDGE_PX ? EDGE_STEP_PX : 0;
    const before = element.scrollLeft;
    element.scrollLeft += step;
    return element.scrollLeft !== before;
  }
  return false;
}
