// Applies the stored theme before the first paint. `src/lib/theme.ts` owns the key and its values.
(() => {
  try {
    const chosen = localStorage.getItem("mc.theme");
    const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  } catch {
    // Storage can be forbidden; the system's theme then comes from the style sheet.
  }
})();
