import { defineConfig } from "vite";

export default defineConfig({
  // JSX of Preact, by the compiler that Vite has anyway.
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    // The content security policy allows no data: addresses for scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:7411", "/openapi.json": "http://127.0.0.1:7411" } },
});
