// What is to be said on the way in, whichever way it is.

/** Who answers, where it is not the service itself: nobody is to give a stand-in what is for the service. */
export function standInWords({ isHere, title }, what) {
  return isHere ? '' : `A stand-in on this server answers here. Do not enter a real ${title} ${what}.`;
}

/** What went wrong, as a sentence. */
export function entryProblem({ id, title, isHere }, error) {
  if (error.code === 'invalid_credentials') return 'The e-mail address or the password is wrong.';
  if (!isHere && (error.status === 404 || error.status === 405)) {
    return `This server does not stand in for ${title}. Start keylatch-server with --facade ${id}.`;
  }
  return error.message;
}
