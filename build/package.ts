// `npm run package -- [electron-builder's own options]`: builds the app and packs it for this system into out/.
import { build } from './build.ts';
import { runCommand } from './run-command.ts';

if (await build()) {
  const args = ['--config', 'electron-builder.config.cjs', '--publish', 'never', ...process.argv.slice(2)];
  const { code } = await runCommand('electron-builder', args, { isShown: true });
  process.exitCode = code ?? 1;
} else process.exitCode = 1;
