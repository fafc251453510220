// How the window's page is bundled.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = join(import.meta.dirname, '../..');

export default defineConfig({
  root: join(root, 'renderer'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
  build: {
    target: 'chrome140',
    outDir: join(root, 'dist/renderer'),
    emptyOutDir: true,
    reportCompressedSize: false,
    // The page's CSP allows no data: scripts or styles, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
