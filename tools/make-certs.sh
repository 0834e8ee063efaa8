#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# Makes certificates for trying out TLS; see --help.

set -eu
umask 022

usage()
{
	cat <<'END'
Usage: make-certs.sh [OPTION...] FOLDER

Makes certificates for trying out TLS, in a folder that is made if it is not
there: those of a small authority (ca.pem, ca.key), of a server (server.pem,
server.key) and of a client (client.pem, client.key).  Who trusts ca.pem trusts
the other two.  All keys are ECDSA P-256 and readable by their owner only.

Run again, it renews: the authority and all keys are kept, and the server's and
the client's certificates are replaced at one stroke each.

  --name NAME      a name or address of the server; may be given several times
                   (default: localhost, 127.0.0.1 and ::1)
  --server FILE    the server's files are FILE.pem and FILE.key, so that one
                   authority can have several servers (default: server)
  --client NAME    the same for the client, whose name it is too
                   (default: client)
  --days N         how long the two are valid, from 1 to 3650 (default: 365);
                   the authority is for ten years
  --help           print this and exit

These are for tests and for machines of one's own.  Who has ca.key can make
certificates that everyone believes who trusts ca.pem.
END
}

fail()
{
	echo "make-certs.sh: $*" >&2
	exit 1
}

wrong_usage()
{
	echo "make-certs.sh: $*" >&2
	echo "Try 'make-certs.sh --help'." >&2
	exit 2
}

# run COMMAND...: shows what it says only if it fails.
run()
{
	"$@" >"$new/said" 2>&1 </dev/null && return
	cat "$new/said" >&2
	fail "this failed: $*"
}

# check_file_name OPTION NAME
check_file_name()
{
	case $2 in
	'' | [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*)
		wrong_usage "$1 '$2': expected letters, digits, dots, dashes" \
		    "and underscores" ;;
	ca) wrong_usage "$1 ca: these files are the authority's" ;;
	esac
	[ "${#2}" -le 64 ] || wrong_usage "$1 '$2': at most 64 characters"
}

# Adds a name to what the server's certificate is for.
add_name()
{
	case $1 in
	'' | *[!A-Za-z0-9.:_*-]* | ?*\** | \*[!.]* | \*)
		wrong_usage "--name '$1': expected a host name, which may" \
		    "begin with '*.', or an IP address" ;;
	*:*) kind=IP ;;
	*[!0-9.]*) kind=DNS ;;
	*) kind=IP ;;
	esac
	names=${names:+$names,}$kind:$1
	: "${first:=$1}"
}

check_days()
{
	case $1 in
	'' | 0* | *[!0-9]* | ?????*) ;;
	*) [ "$1" -gt 3650 ] || return 0 ;;
	esac
	wrong_usage "--days '$1': expected a number from 1 to 3650"
}

folder=
names=
first=
server=server
client=client
days=365
parse_options()
{
	while [ $# -gt 0 ]; do
		option=${1%%=*}
		case $1 in
		--help | -h)
			usage
			exit 0 ;;
		--*=*)
			value=${1#*=} ;;
		--name | --server | --client | --days)
			[ $# -ge 2 ] || wrong_usage "$1 lacks its value"
			value=$2
			shift ;;
		-*)
			wrong_usage "there is no option $1" ;;
		*)
			[ -z "$folder" ] ||
			    wrong_usage "one folder, please, not also '$1'"
			[ -n "$1" ] || wrong_usage "the folder has no name"
			folder=$1
			shift
			continue ;;
		esac
		shift
		case $option in
		--name) add_name "$value" ;;
		--server) server=$value ;;
		--client) client=$value ;;
		--days) days=$value ;;
		*) wrong_usage "there is no option $option" ;;
		esac
	done
	[ -n "$folder" ] || wrong_usage "no folder; where shall they go?"
	check_file_name --server "$server"
	check_file_name --client "$client"
	[ "$server" != "$client" ] ||
	    wrong_usage "server and client can't both be '$server'"
	check_days "$days"
	if [ -z "$names" ]; then
		add_name localhost
		add_name 127.0.0.1
		add_name ::1
	fi
	# A path of its own is no option of anyone's.
	case $folder in
	/*) ;;
	*) folder=./$folder ;;
	esac
}

# make_key NAME: makes NAME.key, unless it is there, which then keeps to its
# owner as well.
make_key()
{
	if [ -e "$folder/$1.key" ]; then
		run openssl pkey -in "$folder/$1.key" -passin pass: -noout
		run chmod 600 "$folder/$1.key"
		return
	fi
	(umask 077 && run openssl genpkey -algorithm EC \
	    -pkeyopt ec_paramgen_curve:P-256 -out "$new/$1.key") || exit
	run mv "$new/$1.key" "$folder/$1.key"
}

# make_request NAME SUBJECT: makes the request for NAME.key's certificate.
make_request()
{
	# Without it, that of the system is read, which may not be there.
	printf '%s\n' '[req]' 'distinguished_name = names' 'prompt = no' \
	    'utf8 = yes' '[names]' "commonName = $2" >"$new/request.cnf"
	run openssl req -new -config "$new/request.cnf" \
	    -key "$folder/$1.key" -sha256 -out "$new/$1.request"
}

# sign NAME DAYS WHO...: makes NAME.pem of its request and its extensions, signed
# by WHO.  A serial number is used once, so it is of 128 random bits.
sign()
{
	name=$1
	valid=$2
	shift 2
	serial=$(openssl rand -hex 16) || fail "openssl rand failed"
	run openssl x509 -req -in "$new/$name.request" "$@" -sha256 \
	    -days "$valid" -set_serial "0x$serial" \
	    -extfile "$new/$name.extensions" -out "$new/$name.pem"
}

# install_certificate NAME
install_certificate()
{
	run chmod 644 "$new/$1.pem"
	run mv "$new/$1.pem" "$folder/$1.pem"
}

# Authorities of the same name and different keys are mistaken for each other.
make_authority()
{
	if [ -e "$folder/ca.pem" ]; then
		check_authority
		return
	fi
	make_key ca
	make_request ca "make-certs.sh $(openssl rand -hex 4)"
	printf '%s\n' 'basicConstraints = critical, CA:TRUE, pathlen:0' \
	    'keyUsage = critical, keyCertSign, cRLSign' \
	    'subjectKeyIdentifier = hash' >"$new/ca.extensions"
	sign ca 3650 -signkey "$folder/ca.key"
	install_certificate ca
}

check_authority()
{
	[ -e "$folder/ca.key" ] ||
	    fail "$folder/ca.key is gone, without which nothing can be" \
	    "signed; remove ca.pem for a new authority"
	make_key ca
	openssl x509 -in "$folder/ca.pem" -noout -pubkey >"$new/of-pem" ||
	    fail "$folder/ca.pem is no certificate"
	run openssl pkey -in "$folder/ca.key" -pubout -out "$new/of-key"
	cmp -s "$new/of-pem" "$new/of-key" ||
	    fail "$folder/ca.key does not belong to ca.pem beside it"
	openssl x509 -in "$folder/ca.pem" -noout \
	    -checkend $((days * 86400)) >/dev/null ||
	    fail "$folder/ca.pem expires in less than $days days; remove it" \
	    "for a new authority, or give fewer --days"
}

# make_pair NAME SUBJECT USAGE ALTERNATIVE-NAMES
make_pair()
{
	make_key "$1"
	make_request "$1" "$2"
	printf '%s\n' 'basicConstraints = critical, CA:FALSE' \
	    'keyUsage = critical, digitalSignature' \
	    "extendedKeyUsage = $3" "subjectAltName = $4" \
	    'subjectKeyIdentifier = hash' \
	    'authorityKeyIdentifier = keyid:always' >"$new/$1.extensions"
	sign "$1" "$days" -CA "$folder/ca.pem" -CAkey "$folder/ca.key"
	run openssl verify -x509_strict -CAfile "$folder/ca.pem" "$new/$1.pem"
	install_certificate "$1"
}

new=
clean_up()
{
	[ -z "$new" ] || rm -rf "$new"
}

parse_options "$@"
command -v openssl >/dev/null 2>&1 ||
    fail "openssl is not installed; on Debian: apt install openssl"
mkdir -p "$folder" || fail "the folder can't be made"
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
new=$(mktemp -d "$folder/.make-certs.XXXXXX") ||
    fail "nothing can be written to $folder"

# A subject has room for 64 characters.
[ "${#first}" -le 64 ] || first=$server
make_authority
make_pair "$server" "$first" serverAuth "$names"
make_pair "$client" "$client" clientAuth "DNS:$client"
