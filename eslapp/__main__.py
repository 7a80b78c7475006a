"""``python -m eslapp --site DIR``: the daemon."""

from gevent import monkey

monkey.patch_all()

from eslapp.daemon import main  # noqa: E402  (nothing may be imported before the patch)

main()
