// What ends the program from outside: signals, a reader that is gone, a mistake of ours.

/** What ended the program. */
export type End = { readonly exitCode: number; readonly why: string };

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Settles when something from outside ends the program. Listens from the first moment, so that nothing kills it half started. */
export function endFromOutside(): Promise<End> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve({ exitCode: 0, why: signal }));
    // Whoever read our output is gone: that is an end like any other.
    process.stdout.on('error', (error) => resolve({ exitCode: 0, why: `output closed: ${error.message}` }));
    process.on('uncaughtException', (error) => resolve({ exitCode: 1, why: error.stack ?? error.message }));
    process.on('unhandledRejection', (reason) =>
      resolve({ exitCode: 1, why: reason instanceof Error ? (reason.stack ?? '') : String(reason) }),
    );
  });
}
