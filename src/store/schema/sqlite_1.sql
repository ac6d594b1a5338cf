CREATE TABLE backstop_account (
    id TEXT PRIMARY KEY NOT NULL, -- the host's key of the user, compared byte by byte
    revision BLOB NOT NULL CHECK (length(revision) = 16), -- 128 random bits, new with every write
    keys TEXT NOT NULL, -- the unique keys: a JSON array of [kind, bytes in hex]
    due_at INTEGER, -- when the library wants to see the account again: ms since 1970 UTC; NULL: never
    security_code BLOB CHECK (length(security_code) = 32), -- hash of the security code; once set it stays
    record BLOB NOT NULL -- the whole account, opaque
) STRICT;

CREATE INDEX backstop_account_due ON backstop_account (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE backstop_account_key (
    kind TEXT NOT NULL, -- what the key is: login, skeleton, email, phone, identity
    value BLOB NOT NULL, -- its canonical bytes
    account TEXT NOT NULL, -- the id of the one account that has it
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE backstop_flow (
    key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32), -- a keyed hash: says nothing of whom it is about
    revision BLOB NOT NULL CHECK (length(revision) = 16), -- 128 random bits, new with every write
    expires INTEGER NOT NULL, -- from when on the record counts as absent: ms since 1970 UTC
    record BLOB NOT NULL -- a flow or an attempt budget, opaque
) STRICT, WITHOUT ROWID;

CREATE INDEX backstop_flow_expires ON backstop_flow (expires);

-- The keys of an account follow its row, in the statement that writes it.

CREATE TRIGGER backstop_account_added AFTER INSERT ON backstop_account
BEGIN
    INSERT INTO backstop_account_key (kind, value, account)
    SELECT DISTINCT value ->> 0, unhex(value ->> 1), NEW.id FROM json_each(NEW.keys);
END;

CREATE TRIGGER backstop_account_renamed AFTER UPDATE OF keys ON backstop_account
WHEN NEW.keys IS NOT OLD.keys
BEGIN
    DELETE FROM backstop_account_key
    WHERE (kind, value) IN (SELECT value ->> 0, unhex(value ->> 1) FROM json_each(OLD.keys))
        AND account = OLD.id;
    INSERT INTO backstop_account_key (kind, value, account)
    SELECT DISTINCT value ->> 0, unhex(value ->> 1), NEW.id FROM json_each(NEW.keys);
END;

CREATE TRIGGER backstop_account_removed AFTER DELETE ON backstop_account
BEGIN
    DELETE FROM backstop_account_key
    WHERE (kind, value) IN (SELECT value ->> 0, unhex(value ->> 1) FROM json_each(OLD.keys))
        AND account = OLD.id;
END;

-- The texts are what the library reads off which kind is taken. They are literals because SQLite
-- before 3.47 cannot even open a file with an expression there.
CREATE TRIGGER backstop_account_key_taken BEFORE INSERT ON backstop_account_key
WHEN EXISTS (SELECT 1 FROM backstop_account_key WHERE kind = NEW.kind AND value = NEW.value)
BEGIN
    SELECT CASE NEW.kind
        WHEN 'login' THEN RAISE(ABORT, 'backstop: taken: login')
        WHEN 'skeleton' THEN RAISE(ABORT, 'backstop: taken: skeleton')
        WHEN 'email' THEN RAISE(ABORT, 'backstop: taken: email')
        WHEN 'phone' THEN RAISE(ABORT, 'backstop: taken: phone')
        WHEN 'identity' THEN RAISE(ABORT, 'backstop: taken: identity')
        ELSE RAISE(ABORT, 'backstop: taken')
    END;
END;

-- The last line of defence: a security code that is set stays, whoever writes.

CREATE TRIGGER backstop_security_code_kept BEFORE UPDATE OF security_code ON backstop_account
WHEN OLD.security_code IS NOT NULL AND NEW.security_code IS NOT OLD.security_code
BEGIN
    SELECT RAISE(ABORT, 'backstop: a security code, once set, never changes');
END;

-- INSERT OR REPLACE deletes a row without any trigger for it.
CREATE TRIGGER backstop_security_code_not_replaced BEFORE INSERT ON backstop_account
WHEN EXISTS (SELECT 1 FROM backstop_account WHERE id = NEW.id AND security_code IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'backstop: a security code, once set, never changes');
END;

-- So does UPDATE OR REPLACE, to the row whose id is taken.
CREATE TRIGGER backstop_account_id_kept BEFORE UPDATE OF id ON backstop_account
WHEN NEW.id IS NOT OLD.id
BEGIN
    SELECT RAISE(ABORT, 'backstop: the id of an account never changes');
END;
