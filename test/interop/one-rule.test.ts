// Storing one rule alone (RFC 4825 §7.4) on Kamailio: it names elements in a way of its own, is found out by one question, and gets whole
// documents from then on; a foreign rule stays byte for byte as it was.
import { expect, test } from 'vitest';
import { startServer } from '../../build/server/server.ts';
import { askAndAnswer, People } from './support/people.ts';
import { simplePerson } from './support/simple-person.ts';

const RULES = { auid: 'pres-rules', contentType: 'application/auth-policy+xml' };
const FOREIGN = '<rule  id="x1" ><conditions ><identity><one id="sip:dave@example.test"/></identity></conditions><actions/></rule>';
const DOCUMENT = `<?xml version="1.0"?>\n<ruleset xmlns="urn:ietf:params:xml:ns:common-policy">\n ${FOREIGN}\n</ruleset>`;

test('an answer that changes one rule only', async () => {
  const server = await startServer();
  const people = new People(server);
  const other = await simplePerson(server, 'bob', 'tcp');
  try {
    expect(await other.xcap.put(RULES, DOCUMENT, { kind: 'none' })).toMatchObject({ kind: 'stored' });
    const ada = await people.signIn('ada', 'tcp');
    const bob = await people.signIn('bob', 'tcp');
    await askAndAnswer(ada, bob, 'politely-block');
    for (const decision of ['block', 'politely-block'] as const) {
      await bob.app.call('decideWatcher', { accountId: bob.accountId, address: ada.address, decision });
      await bob.app.until('exportPolicy', { accountId: bob.accountId }, ({ document }) =>
        document.includes(decision.replace('politely', 'polite')),
      );
    }
    const stored = await other.xcap.get(RULES);
    const { document } = await bob.app.call('exportPolicy', { accountId: bob.accountId });
    expect(stored).toMatchObject({ kind: 'document', text: document });
    expect(document).toContain(`\n ${FOREIGN}\n`);
    const rule = /<rule id="(ww-[^"]*)"/u.exec(document)?.[1] ?? '';
    const cp = 'urn:ietf:params:xml:ns:common-policy';
    const steps = [{ name: 'cp:ruleset' }, { name: 'cp:rule', attribute: { name: 'id', value: rule } }];
    // INTEROP(Kamailio 5.6): it answers 500 for an element of a namespace that the document has without a prefix (RFC 4825 §6.4).
    expect(await other.xcap.canNameNodes(RULES, { steps, namespaces: { cp } })).toBe('no');
  } finally {
    await other.end();
    await people.end();
    await server.stop();
  }
});
