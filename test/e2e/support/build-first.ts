// End-to-end tests drive the built app: it is built before them, when its sources changed.
import { build } from '../../../build/build.ts';

export default async function buildFirst(): Promise<void> {
  if (!(await build())) throw new Error('the app does not build');
}
