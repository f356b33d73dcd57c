"""For all tests, before anything of theirs is imported.

The index forks to save graphs. gRPC reads this when it is first imported: its own support of forks would start threads
in the child. The index's command sets it for itself; in tests gRPC may be there first.
"""

import os

os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
