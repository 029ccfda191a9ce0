/**
 * The form in which logins are compared: trimmed, case folded, NFC. Upper and then lower case comes nearer to Unicode's
 * full case folding than lower case alone (`STRASSE` and `straße` are one login).
 */
export function fold(text: string): string {
  return text.trim().normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** E-mail and username share one namespace: what a person may type to be found, folded, each once. */
export function loginsOf(person: {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}): string[] {
  const logins = [person.email, person.username].filter((login) => login !== undefined).map(fold);
  return [...new Set(logins)];
}

/** Longest search term kept; a prefix search for more than this finds nothing. */
const longestTerm = 64;
const mostTerms = 40;

/** Folded words that a search by prefix may begin with: names, logins, their parts, the employee number. */
export function searchTermsOf(texts: Iterable<string | undefined>): string[] {
  const terms = new Set<string>();
  for (const text of texts) {
    if (text === undefined) continue;
    const folded = fold(text);
    for (const word of [folded, ...folded.split(/[\s@._,;/\\-]+/u)]) {
      if (word !== '') terms.add([...word].slice(0, longestTerm).join(''));
    }
  }
  return [...terms].slice(0, mostTerms);
}
