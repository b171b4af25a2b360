/// <reference types="vitest/config" />
import path from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { apiReference } from "./build/apiReference.ts";
import { buildMarks } from "./build/buildMarks.ts";
import { precompress } from "./build/precompress.ts";

// Where `npm run dev` finds the server.
const server = process.env.MC_DEV_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), tailwindcss(), apiReference(), buildMarks(), precompress()],
  // A console for another origin than its server's takes these names from the environment of the build.
  envPrefix: ["NEXT_PUBLIC_API_URL", "NEXT_PUBLIC_AUTH_MODE"],
  resolve: { alias: { "@": path.resolve(import.meta.dirname, "src") } },
  build: {
    target: "es2022",
    // The server's policy forbids inline scripts, and data: URLs would bypass the immutable cache.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // A group takes along what its files need, unless a group of higher priority has it already.
          groups: [
            // Changes with our dependencies only, so browsers keep it across releases of the console.
            {
              name: "framework",
              test: /rolldown\/runtime|node_modules\/(react|react-dom|scheduler|@tanstack\/(react-)?(router|query|store|history)(-core)?)\//,
              priority: 7,
            },
            // What every page needs, and what the pages need where a visit begins: the dashboard with its charts, long lists.
            {
              name: "core",
              test: /lucide-react\/|@tanstack\/(react-)?virtual(-core)?\/|src\/features\/dashboard\/|src\/features\/(session\/permissions|shell\/(LiveIndicator|PageHeader|drawer|shortcuts|UserMenu|displayName|pages|commands|recentBoards)|welcome\/guide|board\/BoardHeader|task\/(status|graph)|\w+\/(search|describe)|activity\/EventRow|approvals\/payload|gateways\/transcript|organization\/inviteLink)\.|src\/components\/(table\/sort|charts\/\w+|Panel|Stat|Badge|Code|CopyButton|EmptyState|ErrorState|Logo|Markdown|OlderButton|PropertyList|RelativeTime|SearchField|Skeletons|Tabs|TipLayer|ui\/(Button|Checkbox|LazyCombobox|lazyMenu|comboboxTrigger))\.|src\/(api|lib|live)\//,
              priority: 6,
            },
            // A board and what stands on it at once.
            {
              name: "board",
              test: /@atlaskit\/|src\/features\/(board\/(BoardPage|AgentSign|context|selection|pause|drag|filter|arrange|views|TaskFacts|useMoveTask|useTaskKeys)|task\/(moves|mutations|heldDeletes|link|useEdit|quickAdd))\./,
              priority: 4,
            },
            // What opens above the page; nothing of it is needed before somebody opens something.
            {
              name: "popups",
              test: /@base-ui\/react\/(menu|dialog|internals|floating-ui-react|utils)\/|@base-ui\/utils\/|@floating-ui\/|src\/components\/ui\/(Menu|Dialog|Sheet|Field|ConfirmDialog)\./,
              priority: 5,
            },
            // What only forms need, so that a first look does not wait for it.
            {
              name: "forms",
              test: /@base-ui\/react\/(select|combobox|radio|radio-group|switch|number-field)\/|src\/components\/ui\/(Select|Switch|Combobox|NumberField)\.|src\/features\/(boards\/BoardTypeChoice|task\/TaskPicker|webhooks\/(WebhookFields|form|secret))\./,
              priority: 3,
            },
            { name: "tables", test: /src\/components\/(DataTable|table\/\w+)\./, priority: 2 },
            { name: "messages", test: /node_modules\/sonner\//, priority: 2 },
            // One file instead of a dozen small ones that pages share.
            { name: "common", minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
    emptyOutDir: true,
  },
  server: {
    proxy: {
      "/api": { target: server },
      "/openapi.json": { target: server },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
