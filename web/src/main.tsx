import "@fontsource-variable/inter";
import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createCache } from "./api/cache";
import { TipLayer } from "./components/TipLayer";
import { applyDensity } from "./lib/density";
import { createConsoleRouter } from "./router";

applyDensity();
const cache = createCache();
const router = createConsoleRouter(cache);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} />
      <TipLayer />
    </QueryClientProvider>
  </StrictMode>,
);
