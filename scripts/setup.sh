#!/bin/sh
# Makes .venv from requirements.lock, or does nothing when it is there and whole.
# `make` runs this before everything else; it needs only a shell and Python 3.12 to 3.14.
#
#   DEFECTMODELS_PYTHON=/path/to/python  names the Python to build with (otherwise it is sought)
set -u
cd "$(dirname "$0")/.." || exit 1

say() { printf 'setup: %s\n' "$*" >&2; }
die() { { printf '\nsetup: '; printf '%s\n' "$@"; } >&2; exit 1; }
holds() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

for file in requirements.lock pyproject.toml; do
    [ -f "$file" ] || die "$file is missing. Remedy: git checkout -- $file"
done

venv=.venv
# Two stamps, each written last: an interrupted step leaves none, and is done again.
locked=$venv/.locked       # the packages of the lock are installed
installed=$venv/.installed # and so is this package, in editable mode
sum_lock=$(pwd -P | cat - requirements.lock | cksum) # the place too: a moved .venv is broken
sum_project=$(cksum < pyproject.toml)

# --- Finding a Python ---------------------------------------------------------------------
# A candidate is tried by running it: a pyenv shim exists even where it leads nowhere. It
# answers "3.13 /path/of/the/base/interpreter" (not of a virtual environment, which may be the
# very .venv that is about to go), or the reason why it will not do.
probe='
import sys
v = "%d.%d" % sys.version_info[:2]
if not (3, 12) <= sys.version_info[:2] <= (3, 14) or sys.implementation.name != "cpython":
    print("is %s %s; CPython 3.12, 3.13 or 3.14 is needed" % (sys.implementation.name, v)); sys.exit(1)
import sysconfig
if sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("is %s without the GIL, for which Numba has no build" % v); sys.exit(1)
try:
    import venv, ensurepip
except ImportError as error:
    print("is %s but lacks the %s module (on Debian or Ubuntu: apt-get install python%s-venv)"
          % (v, error.name, v)); sys.exit(1)
print(v, getattr(sys, "_base_executable", None) or sys.executable)
'
found='' # one "version path" a line
wanted='>=3.12,<3.15'
tried='' # one "path: reason" a line

try() {
    case $found in "3.13 "*) return ;; esac # no better one can follow
    command -v "$1" >/dev/null 2>&1 || return 1
    if answer=$("$1" -c "$probe" </dev/null 2>/dev/null); then
        found="$found$answer
"
    else
        tried="$tried  $1 ${answer:-does not run}
"
        return 1
    fi
}

best() { # the tested version first
    for version in 3.13 3.12 3.14; do
        printf '%s' "$found" | sed -n "s/^$version //p" | head -n 1
    done | head -n 1
}

find_python() {
    if [ -n "${DEFECTMODELS_PYTHON:-}" ]; then
        try "$DEFECTMODELS_PYTHON" ||
            die "DEFECTMODELS_PYTHON=$DEFECTMODELS_PYTHON ${answer:-does not run}" \
                "Remedy: name another Python with it, or unset it to have one sought."
        return
    fi
    for name in python3.13 python3.12 python3.14 python3 python; do try "$name"; done
    # The versions that pyenv holds but has not selected. HOME may be empty and PYENV_ROOT
    # unset while its shims stand on PATH.
    roots=$(
        printf '%s\n' "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"
        printf '%s\n' "$PATH" | tr ':' '\n' | sed -n 's#/shims/*$##p'
    )
    old_ifs=$IFS
    IFS='
'
    for root in $(printf '%s\n' "$roots" | sed '/^$/d' | sort -u); do
        for python in "$root"/versions/*/bin/python; do try "$python"; done
    done
    IFS=$old_ifs
    for python in /usr/local/bin/python3.1[234] /opt/*/bin/python3.1[234] /opt/*/*/bin/python3.1[234]; do
        try "$python"
    done
    [ -z "$found" ] || return
    [ -z "$uv" ] || try "$("$uv" python find --system --no-project --no-python-downloads "$wanted" 2>/dev/null)"
}

# --- Building -----------------------------------------------------------------------------
make_venv() {
    uv='' uv_says='which is not installed'
    for name in uv "${HOME:-}/.local/bin/uv" "${HOME:-}/.cargo/bin/uv"; do
        command -v "$name" >/dev/null 2>&1 && uv=$name uv_says='which could not get one' && break
    done
    find_python
    python=$(best)
    if [ -n "$python" ]; then
        say "making $venv with $python"
        rm -rf "$venv"
        "$python" -m venv "$venv" || die "'$python -m venv' failed; see its message above." \
            "Remedy: on Debian or Ubuntu, apt-get install python3-venv; or name another Python" \
            "with DEFECTMODELS_PYTHON=/path/to/python."
    elif [ -n "$uv" ] && say "no Python 3.12 to 3.14 found; asking uv for one" &&
        "$uv" venv --no-project --clear --managed-python --python "$wanted" "$venv" >&2 &&
        "$venv/bin/python" -m ensurepip >/dev/null; then
        :
    else
        die "no usable Python was found; CPython 3.12, 3.13 or 3.14 is needed. Tried:
${tried:-  (nothing that is named python stands in any of these places)
}  Places: python3.13, python3.12, python3.14, python3 and python on PATH; pyenv's versions;
  /usr/local/bin; /opt; uv ($uv_says)." \
            "Remedies, any one of them, and then run make again:
  pyenv install 3.13
  apt-get install python3.13 python3.13-venv    (3.12 will do; Debian, Ubuntu)
  brew install python@3.13
  install uv, which fetches a Python by itself
  DEFECTMODELS_PYTHON=/path/to/python3.13 make  (if there is one elsewhere)"
    fi
}

pip() { "$venv/bin/python" -m pip --disable-pip-version-check install --quiet "$@" </dev/null; }

command -v make >/dev/null 2>&1 ||
    say "note: make is not installed (apt-get install make); the commands in Makefile can be run by hand."

if ! holds "$locked" "$sum_lock" || ! "$venv/bin/python" -c '' 2>/dev/null; then
    [ ! -d "$venv" ] || say "$venv is unfinished, moved or older than requirements.lock; making it anew"
    make_venv
    say "installing the packages of requirements.lock (some minutes at most)"
    pip --require-hashes -r requirements.lock ||
        die "the packages could not be installed; pip says why above." \
            "If it could not connect, or found '(from versions: none)', it cannot reach a package index.
  Check the network; set HTTPS_PROXY, or PIP_INDEX_URL to a mirror that is reachable, and run make again." \
            "If it found other versions, or wants to compile: this Python or this machine has
  no ready-made build; use Python 3.13 (DEFECTMODELS_PYTHON=/path/to/python3.13 make)." \
            "If hashes differ: the index serves other files than the ones that were tested; use another index."
    printf '%s\n' "$sum_lock" > "$locked"
fi

if ! holds "$installed" "$sum_project"; then
    rm -f "$installed"
    pip --no-deps --no-build-isolation --editable . ||
        die "this package could not be installed; pip says why above." \
            "Remedy: mend pyproject.toml, or remove $venv and run make again."
    problems=$("$venv/bin/python" -m pip check 2>&1) ||
        die "$problems" "requirements.lock no longer fits pyproject.toml. Remedy: make lock"
    printf '%s\n' "$sum_project" > "$installed"
    say "$venv is ready ($("$venv/bin/python" --version))"
fi
