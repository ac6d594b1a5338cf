-- The columns of an account. All are NULL while a row has none: an old user who is not taken over
-- yet, or one who has left.
ALTER TABLE users ADD COLUMN revision BLOB CHECK (length(revision) = 16); -- new with every write
ALTER TABLE users ADD COLUMN due_at INTEGER; -- when the library wants to see it: ms since 1970 UTC
ALTER TABLE users ADD COLUMN security_code BLOB CHECK (length(security_code) = 32); -- a hash
ALTER TABLE users ADD COLUMN record BLOB CHECK ((record IS NULL) = (revision IS NULL)); -- opaque

CREATE INDEX users_due ON users (due_at, id) WHERE due_at IS NOT NULL;

-- The unique keys of the accounts, each in one account.
CREATE TABLE user_key (
    kind TEXT NOT NULL,
    value BLOB NOT NULL,
    user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_key_user ON user_key (user_id);

-- A security code that is set stays for as long as there is an account, whoever writes.
CREATE TRIGGER users_security_code_kept BEFORE UPDATE OF security_code ON users
WHEN OLD.security_code IS NOT NULL AND NEW.record IS NOT NULL
    AND NEW.security_code IS NOT OLD.security_code
BEGIN
    SELECT RAISE(ABORT, 'a security code, once set, never changes');
END;
