// Event filters (RFC 4661 §3) as they are sent.
import { expect, test } from 'vitest';
import { printEventFilter } from '../../../../main/simple/document/event-filter.ts';

test('what to include and to exclude, for whom, with the prefixes used', () => {
  const filters = [
    { id: '1', uri: 'sip:bob@a', include: ['/p:presence/p:tuple'], exclude: ['//p:note[@x<"1"]'] },
    { id: '2', include: [] },
  ];
  expect(printEventFilter(filters, { p: 'urn:ietf:params:xml:ns:pidf' })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<filter-set xmlns="urn:ietf:params:xml:ns:simple-filter">' +
      '<ns-bindings><ns-binding prefix="p" urn="urn:ietf:params:xml:ns:pidf"/></ns-bindings>' +
      '<filter id="1" uri="sip:bob@a"><what><include>/p:presence/p:tuple</include><exclude>//p:note[@x&lt;"1"]</exclude></what></filter>' +
      '<filter id="2"/></filter-set>\n',
  );
});
