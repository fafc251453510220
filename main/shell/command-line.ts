// What was said at the start: `--profile DIR`, `--demo NAME`. Pure.

/** The word after `name`, or after `name=`; undefined when it is not there or empty. */
export function argumentOf(argv: readonly string[], name: string): string | undefined {
  const index = argv.findIndex((word) => word === name || word.startsWith(`${name}=`));
  if (index < 0) return undefined;
  const given = argv[index]?.startsWith(`${name}=`) ? argv[index].slice(name.length + 1) : argv[index + 1];
  return given === '' ? undefined : given;
}
