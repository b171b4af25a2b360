import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { shot, signIn } from "./console";

const SIZES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 900, height: 1100 },
  phone: { width: 390, height: 844 },
};

/** Checks what is on screen now and takes a picture of it when the run asks for pictures. */
export type Check = (name: string, unfitRules?: string[]) => Promise<void>;

type Size = keyof typeof SIZES;
type Look = readonly [theme: "light" | "dark", size: Size];

/** Both themes and every width. */
export const ALL_LOOKS: readonly Look[] = [
  ["light", "desktop"],
  ["dark", "desktop"],
  ["light", "tablet"],
  ["dark", "phone"],
];

/** Both themes and both ends of the widths, for pages that are built from the same parts as others. */
export const TWO_LOOKS: readonly Look[] = [
  ["light", "desktop"],
  ["dark", "phone"],
];

/**
 * A test for each look: what `visit` shows and checks must have no accessibility violation and must not scroll
 * sideways. `signedIn: false` leaves the page where nobody is signed in.
 */
export function inEveryLook(
  title: string,
  visit: (page: Page, check: Check, size: Size) => Promise<void>,
  { looks = TWO_LOOKS, signedIn = true } = {},
): void {
  for (const [theme, size] of looks) {
    test(`${title}, ${theme}, ${size}`, async ({ browser }) => {
      test.setTimeout(300_000);
      const context = await browser.newContext({
        viewport: SIZES[size],
        colorScheme: theme,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      if (signedIn) await signIn(page);
      await visit(page, (name, unfit) => check(page, `${name}-${size}-${theme}`, unfit), size);
      await context.close();
    });
  }
}

async function check(page: Page, name: string, unfit: string[] = []): Promise<void> {
  // What a press before has left under the pointer is no part of the page.
  await page.mouse.move(0, 0);
  await settled(page);
  await shot(page, name);
  const { violations } = await new AxeBuilder({ page }).disableRules(unfit).analyze();
  expect(violations.map((violation) => [name, violation.id, violation.nodes.map((node) => node.html)])).toEqual([]);
  const sideways = await page.evaluate(() =>
    // What scrolls downwards, the page or a part of it, does not scroll sideways too.
    [document.documentElement, ...document.querySelectorAll(".overflow-y-auto:not(.overflow-x-auto)")]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => element.className),
  );
  expect(sideways, `${name} scrolls sideways`).toEqual([]);
}

/** Waits until what is being loaded is there and what moves has come to rest. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator(".skeleton, .prose[aria-busy]")).toHaveCount(0);
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))),
  );
}
