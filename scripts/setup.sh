# Sourced by run and test: makes .venv with this package and its extras, and the Debian packages where it may.
# Usage: zongji_setup "extra1,extra2" [debian-package ...]
# Not here: anything a test or the product needs at run time.

zongji_python() {
  local candidate
  for candidate in ${ZONGJI_PYTHON:-} python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "zongji: Python 3.11, 3.12 or 3.13 is needed; install it: apt-get install python3 python3-venv" >&2
  return 1
}

# Installs the missing ones of the named Debian packages, or names the exact command.
zongji_debian() {
  local package missing=()
  command -v dpkg-query >/dev/null 2>&1 || { echo "zongji: not a Debian system; please have these: $*" >&2; return 0; }
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ]; then
    echo "zongji: installing Debian packages: ${missing[*]}"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "zongji: Debian packages are missing; run: sudo apt-get install ${missing[*]}" >&2
    return 1
  fi
}

# A site is several processes and a test run starts hundreds: compiled modules are kept, whatever the shell says.
unset PYTHONDONTWRITEBYTECODE

zongji_setup() {
  local extras=$1 root stamp wanted python
  shift
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  python=$(zongji_python || true)
  if [ -z "$python" ] || ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    zongji_debian python3 python3-venv
    python=$(zongji_python)
  fi
  [ $# -eq 0 ] || zongji_debian "$@"
  stamp="$root/.venv/zongji-setup"
  wanted="$extras $(cksum <"$root/setup.cfg")"
  if [ ! -x "$root/.venv/bin/zongji" ] || ! grep -qxF "$wanted" "$stamp" 2>/dev/null; then
    echo "zongji: setting up .venv ($extras)"
    [ -x "$root/.venv/bin/python" ] || "$python" -m venv "$root/.venv"
    "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -e "$root[$extras]"
    (cd "$root" && .venv/bin/python -m compileall -q -j 0 eslapp fs_conf ivr recordings webhooks)  # once, not by each first process
    echo "$wanted" >>"$stamp"
  fi
}
