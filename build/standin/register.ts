// `node --import build/standin/register.ts dist/main/main.js`: makes `electron` mean the stand-in.
import { registerHooks } from 'node:module';

const standin = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    /^electron(\/(main|common|renderer))?$/.test(specifier)
      ? { url: standin, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
