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
      // Workers are files of their own beside main.js: they are started by name (main/store/history-thread.ts, main/accounts/document-thread.ts).
      input: {
        main: join(root, 'main/shell/main.ts'),
        'history-worker': join(root, 'main/store/history-worker.ts'),
        'document-worker': join(root, 'main/accounts/document-worker.ts'),
      },
      external: ['electron', 'better-sqlite3', /^node:/, ...builtinModules],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
});
