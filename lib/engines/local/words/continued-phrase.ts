/**
 * Common English words that are not names. A model begins each phrase with a capital letter, and only for these it is
 * certain that it does not belong to the word. Names that are also words, such as "will" and "may", are among them: in the
 * middle of a sentence they are far more often words.
 */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  `a an the this that these those my your his her its our their mine yours hers ours theirs
  he she it we you they me him us them myself yourself himself herself itself ourselves themselves
  who whom whose which what when where why how whoever whatever whenever wherever
  and or but nor so yet for because although though while whereas if unless until since as than whether lest once
  in on at by to from of with without within into onto upon over under above below between among through throughout
  during before after about around against across along behind beyond beside besides near off out up down toward towards
  despite except per via like unlike inside outside
  am is are was were be been being do does did done doing have has had having
  can could shall should will would may might must ought cannot
  not no none never nothing nobody nowhere neither either both all any some every each another other others such same
  many much more most few fewer less least several enough own only just even still also too very quite rather almost
  already always often sometimes usually ever again then now here there today tomorrow yesterday soon later early
  perhaps maybe indeed therefore however thus hence otherwise instead meanwhile moreover furthermore well yes okay please
  one two three four five six seven eight nine ten first second third last next new old good better best great little
  big small long short high low right left whole half
  ask tell say said says go going gone went come coming came get getting got give given gave take taking took taken
  make making made know knowing knew known think thinking thought see seeing saw seen look looking looked want wanted
  use using used find finding found put let keep kept leave left feel felt seem seemed try trying tried call called
  work working worked need needed become became show shown mean meant begin began turn help start run hear heard play
  move live believe hold bring happen write provide sit stand lose pay meet include continue set learn change lead
  understand watch follow stop create speak read allow add spend grow open walk win offer remember love consider appear
  people time year years way day days man men woman women child children world life hand part place case week company
  system question government number night point home water room mother area money story fact month lot study book eye
  job word business issue side kind head house service friend father power hour game line end member law car city
  name president team minute idea kid body information back parent face level office door health person art war history
  party result morning reason research girl guy moment air teacher force education
  because since together away far near fast hard really actually certainly probably simply especially finally
  everyone everything everybody someone something somebody anyone anything anybody`.split(/\s+/),
);

/** The end of a sentence: a mark, and the quotation marks and brackets that close after it. */
const SENTENCE_END = /[.?!…。？！]["'”’)\]]*$/u;
/** The first word of a text, without what follows an apostrophe, when only its first letter is a capital one. */
const FIRST_WORD = /^[A-Z][a-z]*(?![A-Za-z])/;

/**
 * Writes a phrase as the continuation of the text before it: unless a sentence ends there, the first word loses its capital
 * letter. A word that may be a name keeps it. The length of the text does not change.
 */
export function continuedPhrase(before: string, text: string): string {
  if (before === '' || SENTENCE_END.test(before)) return text;
  const word = FIRST_WORD.exec(text)?.[0].toLowerCase();
  if (word === undefined || !COMMON_WORDS.has(word)) return text;
  return text.charAt(0).toLowerCase() + text.slice(1);
}
