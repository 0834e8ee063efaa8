# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

dist_man_MANS += %D%/echod.8 %D%/echod.conf.5 %D%/echo-client.1 %D%/await.3
