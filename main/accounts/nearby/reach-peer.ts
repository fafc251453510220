// Where a request to a peer goes: names of ours lead to TLS by themselves (nearby-network.ts); everybody else is sent to by their place.
import type { OutgoingRequest, SipUri, Uri } from '../../sip/index.ts';
import { parameterValue } from '../../sip/index.ts';
import { addressOf } from '../address-text.ts';
import type { Place, Places } from './places.ts';

const LOCAL_HOST = /\.local$/i;

/** The same request; outside of a dialog with the Request-URI that leads to where the peer is now. To says who is meant (RFC 3261 §8.1.1.2). */
export function reachPeer(request: OutgoingRequest, places: Places): OutgoingRequest {
  const isInDialog = parameterValue(request.to.parameters, 'tag') !== undefined;
  if (isInDialog || request.uri.kind !== 'sip') return request;
  const address = addressOf(request.to.uri);
  const [place] = address === undefined ? [] : places.of(address);
  if (place === undefined) return request;
  if (place.protocol === 'tls' && LOCAL_HOST.test(request.uri.host) && request.uri.port === undefined) return request;
  return { ...request, uri: at(request.uri, place) };
}

/** Somebody, or nobody in particular, at a place. */
export function placeUri(place: Place): SipUri {
  const { protocol, address, port } = place;
  const host = address.includes(':') ? `[${address.replace(/%.*$/, '')}]` : address;
  const parameters = [{ name: 'transport', value: protocol }];
  return { kind: 'sip', scheme: 'sip', user: undefined, password: undefined, host, port, parameters, headers: [] };
}

function at(uri: SipUri, place: Place): Uri {
  return { ...placeUri(place), user: uri.user };
}
