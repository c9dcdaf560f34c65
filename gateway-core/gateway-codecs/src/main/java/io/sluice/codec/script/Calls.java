package io.sluice.codec.script;

import org.mozilla.javascript.Token;
import org.mozilla.javascript.ast.AstNode;
import org.mozilla.javascript.ast.Block;
import org.mozilla.javascript.ast.EmptyStatement;
import org.mozilla.javascript.ast.FunctionNode;
import org.mozilla.javascript.ast.KeywordLiteral;
import org.mozilla.javascript.ast.NodeVisitor;
import org.mozilla.javascript.ast.WhileLoop;

/**
 * Has each call of a script's function count: Rhino counts instructions at branches, so that a
 * built-in function which calls one without a branch again and again, such as {@code [...x]} with
 * an iterator that never ends, would not be looked at. A loop that is never gone through stands
 * first in each function. Confined to one thread.
 */
final class Calls implements NodeVisitor {
  @Override
  public boolean visit(AstNode node) {
    if (node instanceof FunctionNode function && function.getBody() instanceof Block body) {
      body.addChildToFront(branch(function.getLineno()));
    }
    return true;
  }

  private static WhileLoop branch(int line) {
    KeywordLiteral never = new KeywordLiteral();
    never.setType(Token.FALSE);
    WhileLoop loop = new WhileLoop();
    EmptyStatement nothing = new EmptyStatement();
    for (AstNode each : new AstNode[] {loop, never, nothing}) {
      each.setLineColumnNumber(line, 1);
    }
    loop.setCondition(never);
    loop.setBody(nothing);
    return loop;
  }
}
