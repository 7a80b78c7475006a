"""``python -m eslapp --site DIR``: the daemon."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402  (nothing may be imported before the patch)

gc.disable()  # nothing of what is loaded now is ever garbage; ``hub_watch.spare_the_collector`` begins again

from eslapp.daemon import main  # noqa: E402

main()
