// Fourteen messages as presence and messaging traffic really looks, about 840 bytes in the mean, for the parse and print benchmarks.

const CRLF = '\r\n';

function compose(lines: readonly string[], body = ''): Buffer {
  const length = Buffer.byteLength(body);
  return Buffer.from([...lines, `Content-Length: ${length}`, '', body].join(CRLF));
}

const pidf = `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rp="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:nora@harbour.example">
  <tuple id="t6f1c2"><status><basic>open</basic></status><contact priority="0.8">sip:nora@harbour.example</contact></tuple>
  <tuple id="t90aa7"><status><basic>closed</basic></status><contact priority="0.2">sip:nora@pocket.harbour.example</contact><note>On the train</note></tuple>
  <dm:person id="p1"><rp:activities><rp:meeting/></rp:activities><dm:note>Back at three</dm:note></dm:person>
</presence>
`;

const watcherInfo = `<?xml version="1.0"?>
<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="3" state="partial">
  <watcher-list resource="sip:nora@harbour.example" package="presence">
    <watcher id="w77" status="pending" event="subscribe" display-name="Pavel">sip:pavel@quay.example</watcher>
  </watcher-list>
</watcherinfo>
`;

const sdp = ['v=0', 'o=nora 388211 388212 IN IP4 198.51.100.24', 's=-', 'c=IN IP4 198.51.100.24', 't=0 0', 'm=message 9 TCP/TLS/MSRP *']
  .concat(
    'a=path:msrps://198.51.100.24:28551/k3j9x;tcp',
    'a=accept-types:message/cpim text/plain',
    'a=setup:active',
    'a=sendrecv',
    'a=accept-wrapped-types:*',
    'a=max-size:10485760',
    '',
  )
  .join(CRLF);

const cpim = [
  'From: Nora <sip:nora@harbour.example>',
  'To: Pavel <sip:pavel@quay.example>',
  'DateTime: 2026-03-14T09:26:53Z',
  'NS: imdn <urn:ietf:params:imdn>',
  'imdn.Message-ID: 34jk324j',
  'imdn.Disposition-Notification: positive-delivery, display',
  '',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Shall we take the early ferry? The late one was full last Saturday, and the wind is said to turn in the afternoon. I can be there by half past six, with coffee.',
].join(CRLF);

const requests: readonly Buffer[] = [
  compose(
    [
      'MESSAGE sip:pavel@192.0.2.77:49152;transport=tcp;ob SIP/2.0',
      'Via: SIP/2.0/TCP 198.51.100.5;branch=z9hG4bK4e1b.8f0c2d61000000000000000000000000.0;i=2fa1',
      'Via: SIP/2.0/TCP 198.51.100.24:41022;rport=41022;received=203.0.113.9;branch=z9hG4bKPj3kd9sl2mfn4',
      'Max-Forwards: 69',
      'From: "Nora Lindqvist" <sip:nora@harbour.example>;tag=8Kd2mQx7Lp',
      'To: <sip:pavel@quay.example>',
      'Call-ID: 7f3d9b2a61c84e0f@198.51.100.24',
      'CSeq: 4711 MESSAGE',
      'User-Agent: Harbourlight 2.4 (desktop)',
      'Content-Type: message/cpim',
    ],
    cpim,
  ),
  compose(
    [
      'MESSAGE sip:nora@harbour.example SIP/2.0',
      'Via: SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bK-524287-1---a9b8c7d6e5f4;rport',
      'Max-Forwards: 70',
      'From: Pavel <sip:pavel@quay.example>;tag=a1b2c3d4',
      'To: "Nora" <sip:nora@harbour.example>',
      'Call-ID: MTk4NzZhYmNkZWY.quay',
      'CSeq: 2 MESSAGE',
      'Date: Sat, 14 Mar 2026 09:27:10 GMT',
      'Content-Type: text/plain;charset=UTF-8',
    ],
    'Early ferry it is. Žádný problém, I will bring the maps and the good binoculars.',
  ),
  compose([
    'REGISTER sip:harbour.example SIP/2.0',
    'Via: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKnashds8k2;rport;alias',
    'Max-Forwards: 70',
    'Route: <sip:edge1.harbour.example;transport=tls;lr>',
    'From: <sip:nora@harbour.example>;tag=5543887a',
    'To: <sip:nora@harbour.example>',
    'Call-ID: reg-0b5c1f7e9d3a',
    'CSeq: 1826 REGISTER',
    'Contact: <sip:nora@198.51.100.24:53122;transport=tls;ob>;+sip.instance="<urn:uuid:1d0f77a2-54c7-4b62-9f03-c2d2a33d1e90>";reg-id=1;expires=600',
    'Supported: path, outbound, gruu',
    'Allow: MESSAGE, SUBSCRIBE, NOTIFY, PUBLISH, OPTIONS, INVITE, ACK, BYE, CANCEL',
    'Authorization: Digest username="nora", realm="harbour.example", nonce="Zr8nWGa/Jiz1pR4yQ2m0cXk0Vt", uri="sip:harbour.example", qop=auth, nc=00000003, cnonce="7c1e52f0", response="6629fae49393a05397450978507c4ef1", algorithm=MD5',
    'User-Agent: Harbourlight 2.4 (desktop)',
  ]),
  compose([
    'SUBSCRIBE sip:pavel@quay.example SIP/2.0',
    'Via: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKd8s7f6a5;rport',
    'Max-Forwards: 70',
    'Route: <sip:edge1.harbour.example;transport=tls;lr>, <sip:core.harbour.example;lr>',
    'From: "Nora Lindqvist" <sip:nora@harbour.example>;tag=sub-77ac',
    'To: <sip:pavel@quay.example>',
    'Call-ID: 1c9b7e00d2aa4f61',
    'CSeq: 20 SUBSCRIBE',
    'Contact: <sip:nora@198.51.100.24:53122;transport=tls;ob>',
    'Authorization: Digest username="nora", realm="harbour.example", nonce="Zr8nWGa/Jiz1pR4yQ2m0cXk0Vt", uri="sip:pavel@quay.example", qop=auth, nc=0000001c, cnonce="90ab12fe", response="b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184", algorithm=SHA-256',
    'Event: presence',
    'Accept: application/pidf+xml, multipart/related, application/rlmi+xml',
    'Supported: eventlist',
    'Expires: 3600',
    'User-Agent: Harbourlight 2.4 (desktop)',
  ]),
  compose(
    [
      'NOTIFY sip:pavel@192.0.2.77:49152;transport=tcp SIP/2.0',
      'Via: SIP/2.0/TCP 198.51.100.5:5060;branch=z9hG4bKcydzigwkX',
      'Record-Route: <sip:198.51.100.5;transport=tcp;lr;ftag=n1;did=3c.b21>',
      'Max-Forwards: 70',
      'From: <sip:nora@harbour.example>;tag=pa-90817263',
      'To: <sip:pavel@quay.example>;tag=w8873',
      'Call-ID: f0e9d8c7b6a54321@192.0.2.77',
      'CSeq: 12 NOTIFY',
      'Contact: <sip:198.51.100.5:5060;transport=tcp>',
      'Event: presence;id=31',
      'Subscription-State: active;expires=3412',
      'Content-Type: application/pidf+xml',
    ],
    pidf,
  ),
  compose(
    [
      'NOTIFY sip:nora@198.51.100.24:53122;transport=tls;ob SIP/2.0',
      'Via: SIP/2.0/TLS edge1.harbour.example;branch=z9hG4bK77ef4c2312983.1',
      'Max-Forwards: 68',
      'From: <sip:nora@harbour.example>;tag=10eb-b1d3',
      'To: <sip:nora@harbour.example>;tag=wi-55',
      'Call-ID: winfo-2b1a0c9d8e7f',
      'CSeq: 104 NOTIFY',
      'Contact: <sip:core.harbour.example;transport=tls>',
      'Event: presence.winfo',
      'Subscription-State: active;expires=7110',
      'Content-Type: application/watcherinfo+xml',
    ],
    watcherInfo,
  ),
  compose(
    [
      'PUBLISH sip:nora@harbour.example SIP/2.0',
      'Via: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKpub8231;rport',
      'Max-Forwards: 70',
      'From: <sip:nora@harbour.example>;tag=pub1',
      'To: <sip:nora@harbour.example>',
      'Call-ID: pub-6b8d31',
      'CSeq: 33 PUBLISH',
      'Event: presence',
      'Authorization: Digest username="nora", realm="harbour.example", nonce="Zr8nWGa/Jiz1pR4yQ2m0cXk0Vt", uri="sip:nora@harbour.example", qop=auth, nc=00000004, cnonce="11c0ffee", response="8f14e45fceea167a5a36dedd4bea25438f14e45fceea167a5a36dedd4bea2543", algorithm=SHA-256',
      'SIP-If-Match: a.1710408413.9.2.0',
      'Expires: 3600',
      'Content-Type: application/pidf+xml',
    ],
    pidf,
  ),
  compose(
    [
      'INVITE sip:pavel@quay.example SIP/2.0',
      'v: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKinv991;rport',
      'Max-Forwards: 70',
      'f: "Nora Lindqvist" <sip:nora@harbour.example>;tag=inv-5a',
      't: <sip:pavel@quay.example>',
      'i: d41d8cd98f00b204',
      'CSeq: 1 INVITE',
      'm: "Nora" <sip:nora@198.51.100.24:53122;transport=tls;ob>;+g.oma.sip-im;audio="FALSE"',
      'k: 100rel, timer, replaces',
      'Session-Expires: 1800;refresher=uac',
      'Min-SE: 90',
      'Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, MESSAGE, OPTIONS',
      'Authorization: Digest username="nora", realm="harbour.example", nonce="Zr8nWGa/Jiz1pR4yQ2m0cXk0Vt", uri="sip:pavel@quay.example", qop=auth, nc=0000000b, cnonce="aa17be01", response="c9f0f895fb98ab9159f51fd0297e236dc9f0f895fb98ab9159f51fd0297e236d", algorithm=SHA-256',
      's: Photos from the lighthouse',
      'c: application/sdp',
    ],
    sdp,
  ),
  compose([
    'OPTIONS sip:[2001:db8:44::7]:5061;transport=tls SIP/2.0',
    'Via: SIP/2.0/TLS [2001:db8:44::1]:5061;branch=z9hG4bKopt12;received=2001:db8:44::1',
    'Max-Forwards: 70',
    'From: <sip:monitor@quay.example>;tag=mon',
    'To: <sip:[2001:db8:44::7]:5061>',
    'Call-ID: ping-000217',
    'CSeq: 217 OPTIONS',
    'Contact: <sip:monitor@[2001:db8:44::1]:5061;transport=tls>',
    'Accept: application/sdp, application/pidf+xml',
    'Accept-Language: en, de;q=0.7',
    'User-Agent: Quaywatch',
  ]),
];

const responses: readonly Buffer[] = [
  compose([
    'SIP/2.0 200 OK',
    'Via: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKnashds8k2;rport=53122;received=203.0.113.9;alias',
    'From: <sip:nora@harbour.example>;tag=5543887a',
    'To: <sip:nora@harbour.example>;tag=b27e1a1d33761e85846fc98f5f3a7e58.9c0a',
    'Call-ID: reg-0b5c1f7e9d3a',
    'CSeq: 1826 REGISTER',
    'Contact: <sip:nora@198.51.100.24:53122;transport=tls;ob>;q=1;expires=600;+sip.instance="<urn:uuid:1d0f77a2-54c7-4b62-9f03-c2d2a33d1e90>";reg-id=1;pub-gruu="sip:nora@harbour.example;gr=urn:uuid:1d0f77a2-54c7-4b62-9f03-c2d2a33d1e90", <sip:nora@203.0.113.77:40100;transport=tcp>;expires=211;q=0.5',
    'Path: <sip:edge1.harbour.example;transport=tls;lr;ob>',
    'Service-Route: <sip:core.harbour.example;lr>',
    'Supported: outbound',
    'Flow-Timer: 110',
    'Server: Harbourmaster 5.7 (x86_64/linux)',
  ]),
  compose([
    'SIP/2.0 401 Unauthorized',
    'Via: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKnash2;rport=53122;received=203.0.113.9',
    'From: <sip:nora@harbour.example>;tag=5543887a',
    'To: <sip:nora@harbour.example>;tag=b27e1a1d33761e85846fc98f5f3a7e58.11d2',
    'Call-ID: reg-0b5c1f7e9d3a',
    'CSeq: 1825 REGISTER',
    'WWW-Authenticate: Digest realm="harbour.example", nonce="Zr8nWGa/Jiz1pR4yQ2m0cXk0Vt", qop="auth", algorithm=SHA-256, opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    'WWW-Authenticate: Digest realm="harbour.example", nonce="Zr8nWGa/Jiz1pR4yQ2m0cXk0Vt", qop="auth", algorithm=MD5, opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    'Server: Harbourmaster 5.7 (x86_64/linux)',
  ]),
  compose([
    'SIP/2.0 202 Accepted',
    'Via: SIP/2.0/TCP 198.51.100.5;branch=z9hG4bK4e1b.8f0c2d61000000000000000000000000.0;i=2fa1;received=198.51.100.5',
    'Via: SIP/2.0/TCP 198.51.100.24:41022;rport=41022;received=203.0.113.9;branch=z9hG4bKPj3kd9sl2mfn4',
    'Record-Route: <sip:198.51.100.5;transport=tcp;lr>',
    'From: "Nora Lindqvist" <sip:nora@harbour.example>;tag=8Kd2mQx7Lp',
    'To: <sip:pavel@quay.example>;tag=as5c07d3',
    'Call-ID: 7f3d9b2a61c84e0f@198.51.100.24',
    'CSeq: 4711 MESSAGE',
    'Server: Quayside 1.9',
  ]),
  compose(
    [
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKinv991;rport=53122;received=203.0.113.9',
      'Record-Route: <sip:edge1.harbour.example;transport=tls;lr>, <sip:198.51.100.5;transport=tcp;lr>',
      'From: "Nora Lindqvist" <sip:nora@harbour.example>;tag=inv-5a',
      'To: "Pavel K." <sip:pavel@quay.example>;tag=uas-9911',
      'Call-ID: d41d8cd98f00b204',
      'CSeq: 1 INVITE',
      'Contact: <sip:pavel@192.0.2.77:49152;transport=tcp>;+g.oma.sip-im',
      'Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, MESSAGE, OPTIONS',
      'Supported: timer, replaces',
      'Session-Expires: 1800;refresher=uac',
      'Content-Type: application/sdp',
      'User-Agent: Quayside 1.9',
    ],
    sdp,
  ),
  compose([
    'SIP/2.0 423 Interval Too Brief',
    'Via: SIP/2.0/TLS 198.51.100.24:53122;branch=z9hG4bKd8s7f6a5;rport=53122;received=203.0.113.9',
    'Via: SIP/2.0/TLS 198.51.100.99:5061;branch=z9hG4bK0a9',
    'From: "Nora Lindqvist" <sip:nora@harbour.example>;tag=sub-77ac',
    'To: <sip:pavel@quay.example>;tag=3c1d',
    'Call-ID: 1c9b7e00d2aa4f61',
    'CSeq: 20 SUBSCRIBE',
    'Min-Expires: 7200',
    'Server: Harbourmaster 5.7 (x86_64/linux)',
    'Warning: 399 core.harbour.example "Ask for at least two hours"',
  ]),
];

/** Each message as it comes from the wire. */
export const corpus: readonly Buffer[] = [...requests, ...responses];
