// The first minute of two people who never met: start nearby, find each other, ask, allow, presence, chat, compare the safety number.
import type { Page } from 'playwright-core';

export interface Player {
  readonly name: string;
  readonly page: Page;
  /** Keeps a picture under this name. */
  picture(title: string): Promise<void>;
}

const STEP_LIMIT_MS = 30_000;

/** Starts nearby, found on this computer only. */
async function startNearby({ name, page }: Player): Promise<void> {
  await page.getByRole('button', { name: 'Start nearby' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const networks = page.getByRole('checkbox');
  await networks.first().waitFor();
  for (const network of await networks.all()) {
    const words = await network.evaluate((box) => box.closest('label')?.textContent ?? '');
    await network.setChecked(words.includes('this computer only'));
  }
}

async function submit({ page }: Player): Promise<void> {
  await page.getByRole('button', { name: 'Start nearby' }).click();
  await page.getByRole('button', { name: 'Nearby: on' }).waitFor();
}

/** The part of the address that no other one has. */
async function addressOf({ page }: Player): Promise<string> {
  const reply = (await page.evaluate('window.watchword.call("listAccounts", {})')) as { output: { accounts: { address: string }[] } };
  return reply.output.accounts[0]?.address.replace(/^sip:/u, '') ?? '';
}

const itemOf = (page: Page, words: string): ReturnType<Page['getByRole']> =>
  page.getByRole('navigation').getByRole('listitem').filter({ hasText: words });

/** Of the people and chats one has, by name. */
const row = (page: Page, words: RegExp): ReturnType<Page['getByRole']> =>
  page.getByRole('navigation').getByRole('listitem').filter({ hasText: words }).getByRole('button').first();

async function write({ page }: Player, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^Message to/u });
  await composer.fill(text);
  await composer.press('Enter');
}

async function showRequest({ page }: Player, name: string): Promise<void> {
  await page.keyboard.press('Control+3');
  await page
    .getByRole('heading', { name: new RegExp(name, 'u') })
    .first()
    .waitFor();
}

/** The groups of the number that the open details show. */
async function safetyNumber({ page }: Player): Promise<string> {
  await page.getByRole('heading', { name: 'Safety number' }).waitFor();
  const groups = await page.locator('.number > span[aria-hidden]').allInnerTexts();
  return groups.join(' ');
}

/** Rejects when a step does not go as it should. `tell` hears each step as it is done. */
export async function playFirstMinute(ada: Player, bob: Player, tell: (text: string) => void): Promise<void> {
  for (const { page } of [ada, bob]) page.setDefaultTimeout(STEP_LIMIT_MS);
  await ada.picture('01-ada-welcome');
  await startNearby(ada);
  await ada.picture('02-ada-start-nearby');
  await submit(ada);
  await ada.picture('03-ada-looks-around');
  await startNearby(bob);
  await submit(bob);
  tell('Ada and Bob start nearby.');

  // Others may be nearby too, also of these names: the address tells who is meant.
  const bobHere = itemOf(ada.page, await addressOf(bob));
  await bobHere.waitFor();
  await itemOf(bob.page, await addressOf(ada)).waitFor();
  await ada.picture('04-ada-finds-bob');
  tell('They find each other.');

  await bobHere.getByRole('button', { name: 'Add Bob' }).click();
  await ada.page.getByText('Not allowed yet').first().waitFor();
  await ada.picture('05-ada-asks');
  await showRequest(bob, 'Ada');
  await bob.picture('06-bob-is-asked');
  await bob.page.keyboard.press('Shift+A');
  await row(ada.page, /Bob.*Available/su).waitFor();
  tell('Ada asks whether she may see Bob; Bob allows it, and asks the same.');

  await showRequest(ada, 'Bob');
  await ada.page.keyboard.press('a');
  await bob.page.keyboard.press('Control+2');
  await row(bob.page, /Ada.*Available/su).waitFor();
  await bob.page.getByRole('button', { name: /Your presence/u }).click();
  await bob.page.getByRole('radio', { name: 'Busy' }).click();
  await bob.page.getByLabel('Note').fill('in a meeting');
  await bob.page.getByLabel('Note').press('Enter');
  await ada.page.keyboard.press('Control+2');
  await row(ada.page, /Bob.*in a meeting/su).waitFor();
  await ada.picture('07-ada-sees-bob');
  tell('Each sees the other; Bob is busy, in a meeting.');

  await row(ada.page, /Bob/u).click();
  await write(ada, 'Hi Bob! No server, no account?');
  await bob.page.keyboard.press('Control+1');
  await row(bob.page, /Ada/u).click();
  await bob.page.getByRole('log').getByText('No server, no account?').waitFor();
  await write(bob, 'None at all. It is just the two of us.');
  await ada.page.getByRole('log').getByText('just the two of us').waitFor();
  tell('They write to each other.');

  for (const { page } of [ada, bob]) {
    const show = page.getByRole('button', { name: 'Show details' });
    if (await show.isVisible()) await show.click();
  }
  const [one, other] = [await safetyNumber(ada), await safetyNumber(bob)];
  if (one === '' || one !== other) throw new Error(`the safety numbers differ: ${one} and ${other}`);
  for (const player of [ada, bob]) {
    await player.page.getByRole('button', { name: 'We compared it' }).click();
    await player.page.getByRole('button', { name: 'Not compared after all' }).waitFor();
  }
  await ada.picture('08-ada-chat-and-safety-number');
  await bob.picture('09-bob-chat-and-safety-number');
  tell(`Both see the safety number ${one}, and keep each other as compared.`);
}
