/* Pika-Plot as a library: everything the application and the command line are built on. */
#pragma once

#include "pika-arrow.h"
#include "pika-error.h"
#include "pika-plot.h"
#include "pika-receipt.h"
#include "pika-result.h"
#include "pika-runtime.h"
#include "pika-session.h"
#include "pika-table.h"
#include "pika-view.h"
#include "pika-workspace.h"
