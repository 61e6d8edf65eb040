import { type LanguageWords, NO_WORDS, words } from './language-words.ts';

const PREPOSITIONS = `
  to in on at by for from with into onto upon about as than over under after before during between through without
  within against among around behind below beside beyond across along near toward towards until per via like since`;

/** English. Any language without a table of its own uses it too. */
export const ENGLISH: LanguageWords = {
  ...NO_WORDS,
  clauseMarks: ';:—',
  commas: ',',
  keepWithNext: words(`
    a an the this these those my your his her its our their no not every each another some any such
    i you he she it we they
    of ${PREPOSITIONS}
    and or but nor so if because when while where which who whose whom that what how why although though unless whether
    is are was were be been being am do does did has have had will would can could shall should may might must cannot
    mr. mrs. ms. dr. st. prof. vs. mr mrs ms dr prof
    gen. gov. sen. rep. capt. lt. sgt. rev. e.g. i.e. e.g., i.e., cf. approx. feb. apr. aug. sept. oct. nov. dec.`),
  keepWithNumber: words('no. vol. p. pp. fig. ch. sec.'),
  conjunctions: words(`
    and or but nor so because that which who whose when while where if although though until unless since whether as
    what how why`),
  prepositions: words(PREPOSITIONS),
  weakBefore: words('of up out off back down away it me him them us'),
  weakAfter: words(`
    very too quite pretty rather really so most many several going used able want wants wanted need needs needed like got
    have least try trying tried supposed let lets`),
  contractedPronouns: words('i you we they he she it that there who'),
  contractedVerbs: words('m re ve ll d s'),
  negation: 'n',
  spokenNumbers: words(`
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million`),
  units: words(`
    hundred thousand million billion trillion percent per times people
    second seconds minute minutes hour hours day days week weeks month months year years am pm a.m p.m
    degree degrees point points
    dollar dollars euro euros pound pounds cent cents
    kg kilogram kilograms kilo kilos gram grams ton tons tonne tonnes
    km kilometer kilometers kilometre kilometres meter meters metre metres mile miles feet inch inches
    liter liters litre litres acre acres`),
  hasCapitalisedNames: true,
};
