// Two computers on one link: network namespaces of our own, joined by veth, which nobody else is on. Needs the right to make them.
import { execFileSync } from 'node:child_process';

export interface Namespaces {
  /** What a program in namespace 0 or 1 is started with. */
  command(index: 0 | 1): readonly string[];
  /** IPv4 and IPv6 link-local, the latter with its zone. */
  addresses(index: 0 | 1): readonly string[];
  /** Puts one end down or up; with it both lose the link, or have it again with the same addresses. */
  setUp(index: 0 | 1, isUp: boolean): void;
  /** Another IPv4 address in place of the one there was; undefined: none. */
  moveTo(index: 0 | 1, host: number | undefined): void;
  /** May be called twice. */
  remove(): void;
}

const LINK = 'near';
const NETWORK = '10.77.0';

/** The reason where the machine does not allow them; then nothing is left behind. `name`: told apart from other tests, some letters. */
export function makeNamespaces(name: string): Namespaces | string {
  const names = [`ww${process.pid}${name}a`, `ww${process.pid}${name}b`] as const;
  const hosts: (number | undefined)[] = [1, 2];
  const linkLocal = (index: 0 | 1): string => `fe80::77:${index + 1}`;
  const inside = (index: 0 | 1, ...words: string[]): void => ip('-n', names[index], ...words);
  const addLinkLocal = (index: 0 | 1): void => inside(index, '-6', 'addr', 'replace', `${linkLocal(index)}/64`, 'dev', LINK, 'nodad');

  function remove(): void {
    for (const each of names) {
      try {
        ip('netns', 'del', each);
      } catch {
        // It was never made.
      }
    }
  }

  try {
    for (const each of names) {
      ip('netns', 'add', each);
      // WHY: an address that is still being checked for duplicates cannot be bound yet.
      execFileSync('ip', ['netns', 'exec', each, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad'], { stdio: 'pipe' });
    }
    inside(0, 'link', 'add', LINK, 'type', 'veth', 'peer', 'name', LINK, 'netns', names[1]);
    for (const index of [0, 1] as const) {
      inside(index, 'addr', 'add', `${NETWORK}.${hosts[index]}/24`, 'dev', LINK);
      // No link-local address of the system's own: tests know ours.
      inside(index, 'link', 'set', LINK, 'addrgenmode', 'none');
      addLinkLocal(index);
      inside(index, 'link', 'set', LINK, 'up');
    }
  } catch (error) {
    remove();
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'unknown') : String(error);
  }
  return {
    command: (index) => ['ip', 'netns', 'exec', names[index]],
    addresses: (index) => [...(hosts[index] === undefined ? [] : [`${NETWORK}.${hosts[index]}`]), `${linkLocal(index)}%${LINK}`],
    setUp(index, isUp) {
      inside(index, 'link', 'set', LINK, isUp ? 'up' : 'down');
      // Link-local addresses go with the link.
      if (isUp) for (const each of [0, 1] as const) addLinkLocal(each);
    },
    moveTo(index, host) {
      const before = hosts[index];
      hosts[index] = host;
      if (before !== undefined) inside(index, 'addr', 'del', `${NETWORK}.${before}/24`, 'dev', LINK);
      if (host !== undefined) inside(index, 'addr', 'add', `${NETWORK}.${host}/24`, 'dev', LINK);
    },
    remove,
  };
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: 'pipe' });
}
