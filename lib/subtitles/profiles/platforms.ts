import type { SubtitleLanguage } from './language.ts';
import type { Profile } from './profile.ts';

/** What a platform asks for, instead of the rules of the language. */
export interface Platform {
  /** Language whose rules apply. @default that of the text */
  readonly language?: SubtitleLanguage;
  readonly rules: Partial<Omit<Profile, 'language'>>;
}

/** The names of all profiles. */
export const PROFILE_NAMES = [
  'netflix-en',
  'netflix-zh',
  'netflix-ja',
  'netflix-ko',
  'bbc',
  'short-video',
] as const;

/** Name of a profile. */
export type ProfileName = (typeof PROFILE_NAMES)[number];

/**
 * The named profiles. Sources: the Netflix timed text style guides (adult programmes); the subtitle guidelines of the BBC
 * (37 characters, 180 words a minute, which are about 17 characters a second). The numbers of `short-video` are a choice: one
 * line of 12 full-width or 24 half-width units fits into an upright picture.
 */
export const PLATFORMS: Readonly<Record<ProfileName, Platform>> = {
  'netflix-en': { language: 'en', rules: {} },
  'netflix-zh': { language: 'zh', rules: {} },
  // The rules of the language allow 7 characters a second, because speech is that fast.
  'netflix-ja': { language: 'ja', rules: { readingSpeed: 8 } },
  'netflix-ko': { language: 'ko', rules: {} },
  bbc: { language: 'en', rules: { maxLineWidth: 37, readingSpeed: 17 } },
  'short-video': { rules: { maxLineWidth: 24, maxLineCount: 1 } },
};
