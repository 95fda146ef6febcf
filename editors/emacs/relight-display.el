;;; relight-display.el --- Blocks and their results in a buffer  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; What the server tells of a buffer, block by block, and the overlays that show it.  Each block has
;; one overlay over its text: it moves with every edit, before the server has heard of it, and
;; vanishes with the text.  Messages are plists, whichever language client they come from.

;;; Code:

(require 'cl-lib)
(require 'relight-text)

(defcustom relight-max-lines 12
  "How many lines of a result are shown below its block.
With 0 only the first line is shown, at the end of the block."
  :type 'natnum
  :group 'relight)

(defcustom relight-max-width 100
  "How many columns of a result are shown at the end of a line."
  :type 'natnum
  :group 'relight)

(defcustom relight-fringe t
  "Whether the state of blocks is shown in the left fringe."
  :type 'boolean
  :group 'relight)

(cl-defstruct relight-block
  id overlay kind status origin outputs fresh held duration)

(defvar-local relight-display--blocks nil "Hash table from id to block.")
(defvar-local relight-display--run 0 "The number of the run that was told of last.")
(defvar-local relight-display--left 0 "How many blocks of the run are still to come.")
(defvar-local relight-display--total 0 "How many blocks the run has.")
(defvar-local relight-display-live nil "Non-nil when the buffer's file is live.")

(defvar relight-display-changed-hook nil
  "Run in a buffer when the state of its document has changed.")

;;;; Places

(defun relight-display--position (line)
  "The beginning of LINE, counted from 0."
  (save-excursion
    (save-restriction
      (widen)
      (goto-char (point-min))
      (forward-line line)
      (point))))

(defun relight-display--end (range)
  "The end of the last line of RANGE."
  (let* ((end (plist-get range :end))
         (line (plist-get end :line))
         (first (plist-get (plist-get range :start) :line)))
    (save-excursion
      (goto-char (relight-display--position
                  (if (and (zerop (plist-get end :character)) (> line first)) (1- line) line)))
      (line-end-position))))

(defun relight-display--place (block range)
  "Put the overlay of BLOCK over RANGE."
  (let ((from (relight-display--position (plist-get (plist-get range :start) :line)))
        (to (relight-display--end range))
        (overlay (relight-block-overlay block)))
    (if (and overlay (overlay-buffer overlay))
        (move-overlay overlay from to)
      (setq overlay (make-overlay from to nil t nil))
      (overlay-put overlay 'evaporate t)
      (overlay-put overlay 'relight (relight-block-id block))
      (setf (relight-block-overlay block) overlay))))

(defun relight-display--get (id)
  "The block with ID in this buffer, made if there is none."
  (unless relight-display--blocks
    (setq relight-display--blocks (make-hash-table :test #'equal)))
  (or (gethash id relight-display--blocks)
      (puthash id (make-relight-block :id id) relight-display--blocks)))

(defun relight-display-blocks ()
  "The blocks of this buffer that have a place, in order."
  (let (found)
    (when relight-display--blocks
      (maphash (lambda (_id block)
                 (let ((overlay (relight-block-overlay block)))
                   (when (and overlay (overlay-buffer overlay)) (push block found))))
               relight-display--blocks))
    (sort found (lambda (a b)
                  (< (overlay-start (relight-block-overlay a))
                     (overlay-start (relight-block-overlay b)))))))

(defun relight-display-block-at (position)
  "The last code block that begins at POSITION or above; or nil."
  (let (found)
    (dolist (block (relight-display-blocks) found)
      (when (and (<= (overlay-start (relight-block-overlay block)) position)
                 (not (equal (relight-block-kind block) "prose")))
        (setq found block)))))

;;;; Drawing

(defun relight-display--old-p (block)
  "Whether the result of BLOCK is of an older text."
  (member (relight-block-status block) '("stale" "syntaxError" "queued" "running")))

(defun relight-display--remark (block)
  "What stands in place of a result of BLOCK, or nil."
  (pcase (relight-block-status block)
    ("blocked" (propertize "⊘ blocked" 'face 'relight-warning))
    ("held" (propertize (concat "⏸ held: " (or (relight-block-held block) "runs when you save"))
                        'face 'relight-warning))))

(defun relight-display--dim (line block)
  "Return LINE, dimmed if the result of BLOCK is of an older text."
  (if (relight-display--old-p block)
      (propertize (substring-no-properties line) 'face 'relight-old)
    line))

(defun relight-display--sign (block)
  "The sign before the result of BLOCK."
  (pcase (relight-block-status block)
    ((or "error" "syntaxError") (propertize "✗ " 'face 'relight-error))
    ("running" (propertize "▸ " 'face 'relight-ok))
    (_ (propertize "→ " 'face 'relight-old))))

(defun relight-display--inline (line block)
  "LINE as it stands at the end of BLOCK."
  (let ((text (concat (relight-display--sign block) (relight-display--dim line block))))
    (concat "  " (if (get-text-property 0 'display line)
                     text
                   (truncate-string-to-width text relight-max-width nil nil "…")))))

(defun relight-display--below (lines block)
  "LINES as they stand below BLOCK."
  (let* ((rest (- (length lines) relight-max-lines))
         (shown (if (> rest 0) (seq-take lines relight-max-lines) lines))
         (bar (propertize "  │ " 'face 'relight-old)))
    (concat (mapconcat (lambda (line) (concat "\n" bar (relight-display--dim line block))) shown "")
            (when (> rest 0)
              (concat "\n" bar (propertize (format "… %d more lines (M-x relight-show)" rest)
                                           'face 'relight-old))))))

(defun relight-display--after (block)
  "The text that stands after BLOCK, or nil."
  (let ((remark (relight-display--remark block))
        (lines (relight-text-lines (relight-block-outputs block))))
    (cond (remark (concat "  " remark))
          ((null lines) nil)
          ((and (cdr lines) (> relight-max-lines 0)) (relight-display--below lines block))
          (t (relight-display--inline (car lines) block)))))

(defun relight-display--fringe (block)
  "The text whose display is the fringe sign of BLOCK, or nil."
  (let ((look (pcase (relight-block-status block)
                ((or "error" "syntaxError") '(exclamation-mark relight-error))
                ((or "blocked" "held") '(question-mark relight-warning))
                ("running" '(right-triangle relight-ok))
                ("queued" '(hollow-square relight-old)))))
    (when (and look relight-fringe)
      (propertize " " 'display (cons 'left-fringe look)))))

(defun relight-display--draw (block)
  "Show BLOCK as it is now."
  (let ((overlay (relight-block-overlay block)))
    (when (and overlay (overlay-buffer overlay))
      (let ((after (and (not (equal (relight-block-kind block) "prose"))
                        (relight-display--after block))))
        ;; The cursor stands before the result, not after it.
        (when after (put-text-property 0 1 'cursor t after))
        (overlay-put overlay 'after-string after)
        (overlay-put overlay 'before-string (relight-display--fringe block))))))

(defun relight-display--remove (block)
  "Take BLOCK away."
  (when (relight-block-overlay block)
    (delete-overlay (relight-block-overlay block)))
  (remhash (relight-block-id block) relight-display--blocks))

(defun relight-display-clear ()
  "Forget all blocks of this buffer."
  (when relight-display--blocks
    (maphash (lambda (_id block) (relight-display--remove block))
             (copy-hash-table relight-display--blocks)))
  (setq relight-display--blocks nil
        relight-display--run 0
        relight-display--left 0
        relight-display-live nil))

;;;; Messages

(defun relight-display--old-message-p (run)
  "Whether a message of RUN is of a run that has been overtaken."
  (and (/= run 0) (< run relight-display--run)))

(defun relight-display--keep-only (ids)
  "Forget the blocks that are not among IDS."
  (dolist (block (and relight-display--blocks (hash-table-values relight-display--blocks)))
    (unless (seq-contains-p ids (relight-block-id block))
      (relight-display--remove block))))

(defun relight-display-run-start (message)
  "Begin a run: MESSAGE."
  (unless (relight-display--old-message-p (plist-get message :run))
    (let ((dirty (plist-get message :dirty)))
      (setq relight-display-live t
            relight-display--run (plist-get message :run)
            relight-display--total (length dirty)
            relight-display--left (length dirty))
      (relight-display--keep-only (plist-get message :blocks))
      (seq-doseq (id dirty)
        (let ((block (relight-display--get id)))
          (setf (relight-block-status block) "queued")
          (relight-display--draw block))))))

(defun relight-display-block-start (message)
  "Begin a block: MESSAGE."
  (unless (relight-display--old-message-p (plist-get message :run))
    (let ((block (relight-display--get (plist-get message :block)))
          (range (plist-get message :range)))
      (when range (relight-display--place block range))
      (setf (relight-block-status block) "running"
            (relight-block-fresh block) nil)
      (relight-display--draw block))))

(defun relight-display-block-output (message)
  "Add to the output of a running block: MESSAGE."
  (unless (relight-display--old-message-p (plist-get message :run))
    (let ((block (relight-display--get (plist-get message :block))))
      (setf (relight-block-fresh block)
            (relight-text-append (relight-block-fresh block) (plist-get message :output)))
      (setf (relight-block-outputs block) (relight-block-fresh block))
      (relight-display--draw block))))

(defun relight-display--take-result (block message)
  "Take the result of BLOCK from MESSAGE."
  (setf (relight-block-kind block) (plist-get message :kind)
        (relight-block-status block) (plist-get message :status)
        (relight-block-origin block) (plist-get message :origin)
        (relight-block-held block) (plist-get message :operation)
        (relight-block-duration block) (plist-get message :durationMs)
        (relight-block-outputs block) (append (plist-get message :outputs) nil)
        (relight-block-fresh block) nil))

(defun relight-display-block-result (message)
  "Take and draw the result of a block: MESSAGE."
  (unless (relight-display--old-message-p (plist-get message :run))
    (let ((block (relight-display--get (plist-get message :block)))
          (range (plist-get message :range)))
      (unless (zerop (plist-get message :run))
        (setq relight-display--left (max 0 (1- relight-display--left))))
      (when range (relight-display--place block range))
      (unless (eq (plist-get message :unchanged) t)
        (relight-display--take-result block message))
      (relight-display--draw block))))

(defun relight-display-run-end (message)
  "End a run: MESSAGE."
  (unless (relight-display--old-message-p (plist-get message :run))
    (setq relight-display--left 0)
    (dolist (block (relight-display-blocks))
      (when (member (relight-block-status block) '("queued" "running"))
        (setf (relight-block-status block) "stale")
        (relight-display--draw block)))))

(defun relight-display-receive (method message)
  "Draw the news of the notification METHOD with the plist MESSAGE."
  (let* ((file (plist-get message :file))
         (buffer (and file (find-buffer-visiting file))))
    (when buffer
      (with-current-buffer buffer
        (pcase method
          ("relight/runStart" (relight-display-run-start message))
          ("relight/blockStart" (relight-display-block-start message))
          ("relight/blockOutput" (relight-display-block-output message))
          ("relight/blockResult" (relight-display-block-result message))
          ("relight/blocks" (relight-display--keep-only (plist-get message :blocks)))
          ("relight/runEnd" (relight-display-run-end message)))
        (run-hooks 'relight-display-changed-hook)
        (force-mode-line-update)))))

(defun relight-display-count (status)
  "How many code blocks of this buffer have STATUS."
  (seq-count (lambda (block) (equal (relight-block-status block) status))
             (relight-display-blocks)))

(defun relight-display-summary ()
  "The state of this buffer's document in a few characters."
  (cond ((not relight-display-live) "off")
        ((> relight-display--left 0)
         (format "%d/%d" (- relight-display--total relight-display--left) relight-display--total))
        (t (let ((counts (list (cons "✗" (+ (relight-display-count "error")
                                            (relight-display-count "syntaxError")))
                               (cons "⊘" (relight-display-count "blocked"))
                               (cons "⏸" (relight-display-count "held")))))
             (or (mapconcat (lambda (c) (format "%d%s" (cdr c) (car c)))
                            (seq-filter (lambda (c) (> (cdr c) 0)) counts) " ")
                 "ok")))))

(provide 'relight-display)
;;; relight-display.el ends here
