// How the main process is bundled: one ES module for Node 24 and Electron; only better-sqlite3 stays a package.
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = join(import.meta.dirname, '../..');

export default defineConfig({
  root,
  publicDir: false,
  logLevel: 'warn',
  ssr: { noExternal: true, external: ['electron', 'better-sqlite3'] },
  build: {
    target: 'node24',
    ssr: true,
    outDir: join(root, 'dist/main'),
    emptyOutDir: true,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      // The worker of the history is a file of its own beside main.js: it is started by its name (main/store/history-thread.ts).
      input: { main: join(root, 'main/shell/main.ts'), 'history-worker': join(root, 'main/store/history-worker.ts') },
      external: ['electron', 'better-sqlite3', /^node:/, ...builtinModules],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
});
