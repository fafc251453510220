// The networks an account without a server may use, as a person or a program names them.
import { CallFailure } from '../../../app/bridge/failure.ts';

/** Throws CallFailure `invalid-input` where one of them is no address. */
export function checkInterfaces(interfaces: readonly string[]): void {
  if (interfaces.every((address) => /^[0-9a-f.:]+(%[\w.-]+)?$/i.test(address))) return;
  throw new CallFailure({
    kind: 'invalid-input',
    field: 'interfaces',
    reason: 'A network is named by an address of this computer, for example 127.0.0.1.',
  });
}
