// RPID activities, moods and places (RFC 4480 §3.2, §3.5; RFC 4589) that one can choose, in words; others are shown as they are.
import { t } from '../text/text.svelte.ts';
import { shownName } from './safe-text.ts';

export const activities = [
  'meeting',
  'appointment',
  'on-the-phone',
  'presentation',
  'working',
  'meal',
  'breakfast',
  'travel',
  'vacation',
  'sleeping',
] as const;
export const moods = ['happy', 'relaxed', 'excited', 'curious', 'stressed', 'tired', 'sad', 'sick'] as const;
export const places = [
  'office',
  'residence',
  'cafe',
  'classroom',
  'library',
  'restaurant',
  'outdoors',
  'train',
  'public-transport',
  'airport',
] as const;

const knownActivities: ReadonlySet<string> = new Set(activities);
const knownMoods: ReadonlySet<string> = new Set(moods);
const knownPlaces: ReadonlySet<string> = new Set(places);

export function activityWord(name: string): string {
  return knownActivities.has(name) ? t(`activity.${name as (typeof activities)[number]}`) : shownName(name);
}

/** In words, without those that say no more than the availability does. */
export function activityWords(names: readonly string[]): string {
  return names
    .filter((name) => name !== 'busy' && name !== 'away' && name !== 'unknown')
    .map(activityWord)
    .join(', ');
}

export function moodWord(name: string): string {
  return knownMoods.has(name) ? t(`mood.${name as (typeof moods)[number]}`) : shownName(name);
}

export function placeWord(name: string): string {
  return knownPlaces.has(name) ? t(`place.${name as (typeof places)[number]}`) : shownName(name);
}
