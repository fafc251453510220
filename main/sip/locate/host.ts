// Numeric hosts (RFC 3261 §25.1 IPv4address, IPv6reference).

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;

/** The address without brackets when the host is numeric, else undefined. */
export function numericAddress(host: string): string | undefined {
  if (host.startsWith('[') && host.endsWith(']')) return host.slice(1, -1);
  if (IPV4.test(host)) return host;
  return host.includes(':') ? host : undefined;
}
