// Solves the riddle of common/proof.py beside the page, with the browser's own cryptography.
import "altcha/workers/pbkdf2";
