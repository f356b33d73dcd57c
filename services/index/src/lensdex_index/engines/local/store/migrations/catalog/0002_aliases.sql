-- Further names of collections. No collection has an alias's name, and every alias names a collection that is there:
-- both are seen to by whoever writes here, since a collection that is being deleted stays in its table for a while.

CREATE TABLE aliases (
  name TEXT PRIMARY KEY,
  collection TEXT NOT NULL,
  -- Empty: `default`.
  default_view TEXT NOT NULL
) STRICT;
