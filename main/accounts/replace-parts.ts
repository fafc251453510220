// An endpoint of which an account replaces some parts; everything else is the endpoint's own.
import type { Endpoint } from '../sip/index.ts';

export function replaceParts(endpoint: Endpoint, parts: Partial<Endpoint>): Endpoint {
  return new Proxy(endpoint, {
    get(target, property): unknown {
      if (Object.hasOwn(parts, property)) return Reflect.get(parts, property);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...words: unknown[]) => unknown).bind(target) : value;
    },
  });
}
