// Whether this browser has signed in before. Without that, nobody is asked for a session:
// the way in is seen at once, and no 401 stands in the log of a first visit.

const HINT = 'keylatch-signed-in';

/** A browser that keeps nothing for the page is asked for a session each time. */
export function hasSignedIn() {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true;
  }
}

/** Remembers it, or forgets it. */
export function rememberSignIn(isIn) {
  try {
    if (isIn) localStorage.setItem(HINT, '');
    else localStorage.removeItem(HINT);
  } catch {
    // Then the next visit asks.
  }
}
